import type { DataSource, EntityManager } from 'typeorm';
import type { ExceptionKind, NewException } from './exceptions/exception.ts';
import type { Exceptions } from './exceptions/exceptions.ts';
import { listRefused, type RefusedEvent } from './refused-event.store.ts';
import { inTransaction } from './transaction.ts';

/** Cases of events that the broker will not take. Every service may have them: it declares nothing. */
export const EVENT_REFUSED: ExceptionKind = {
  kind: 'event-refused',
  severity: 'CRITICAL',
  ownerGroup: 'platform-operations',
  dueHours: 4,
  cure: 'Remove the cause (usually the topic takes no record that large), then `tieout outbox retry <id>`; or give the event up with `tieout outbox discard <id>`.',
};

const PAGE = 500;

/** A case for each event that is refused now. What is told already stays as it is, so this may run at any time. */
export function raiseRefused(dataSource: DataSource, exceptions: Exceptions): Promise<void> {
  return inTransaction(dataSource, async (tx) => {
    for (let after: string | undefined = '0'; after !== undefined;) {
      const events: RefusedEvent[] = await listRefused(tx, PAGE, after);
      await exceptions.raise(tx, events.map(eventRefused));
      after = events.length < PAGE ? undefined : events.at(-1)?.id;
    }
  });
}

export function resolveRefused(tx: EntityManager, exceptions: Exceptions, eventId: string, how: string): Promise<void> {
  return exceptions.resolve(tx, [exceptions.idOf({ kind: EVENT_REFUSED.kind, subject: eventId })], how);
}

function eventRefused({ eventId, topic, key, refusal, bytes }: RefusedEvent): NewException {
  return {
    kind: EVENT_REFUSED.kind,
    subject: eventId,
    objectType: 'outbox-event',
    objectId: key.slice(0, 500),
    message: `The broker refused an event of ${topic}; later events of its key wait behind it: ${refusal}`.slice(
      0,
      1_000,
    ),
    details: { eventId, topic, refusal: refusal.slice(0, 1_000), bytes: String(bytes) },
  };
}
