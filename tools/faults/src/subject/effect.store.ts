import { derivedId, type ErpCommand, type Invoice } from '@tieout/canonical';
import {
  applied,
  duplicate,
  superseded,
  type Delivery,
  type EventMeta,
  type NewEvent,
  type Outcome,
} from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { OUTPUT } from './options.ts';

/** What the subject makes of an event, whatever topic it is of. */
export interface Change {
  readonly key: string;
  readonly revision: bigint;
  /** Exact decimal. */
  readonly amount: string;
}

export const EFFECT_TABLES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS sink (key text PRIMARY KEY, revision bigint NOT NULL, amount numeric NOT NULL, event_id text NOT NULL)
   WITH (fillfactor = 80)`,
  `CREATE TABLE IF NOT EXISTS journal (seq bigint GENERATED ALWAYS AS IDENTITY, key text NOT NULL, revision bigint NOT NULL,
     amount numeric NOT NULL, event_id text NOT NULL)`,
];

export function changeOf(value: Invoice | ErpCommand): Change {
  if ('invoiceId' in value) return { key: value.invoiceId, revision: value.revision, amount: value.gross };
  return { key: value.contractId, revision: value.contractRevision, amount: value.net };
}

export interface Judged {
  readonly delivery: Delivery<Invoice | ErpCommand>;
  readonly change: Change;
  readonly outcome: Outcome;
}

/** Judges every event against the sink and those before it in the batch. The position's lock keeps other writers out. */
export async function judge(
  deliveries: readonly Delivery<Invoice | ErpCommand>[],
  tx: EntityManager,
): Promise<readonly Judged[]> {
  const changes = deliveries.flatMap((delivery) =>
    delivery.value === null ? [] : [{ delivery, change: changeOf(delivery.value) }],
  );
  const known = await revisions(tx, [...new Set(changes.map(({ change }) => change.key))]);
  return changes.map(({ delivery, change }) => {
    const before = known.get(change.key) ?? -1n;
    if (change.revision > before) known.set(change.key, change.revision);
    const outcome = change.revision > before ? applied : change.revision === before ? duplicate : superseded;
    return { delivery, change, outcome };
  });
}

async function revisions(tx: EntityManager, keys: readonly string[]): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ key: string; revision: string }[]>(
    `SELECT key, revision FROM sink WHERE key = ANY($1::text[])`,
    [keys],
  );
  return new Map(rows.map(({ key, revision }) => [key, BigInt(revision)]));
}

/** The last change per key, guarded by its revision: a zombie that got here all the same changes nothing. */
export async function upsert(
  tx: EntityManager,
  changes: readonly (Change & { readonly eventId: string })[],
): Promise<void> {
  const last = [...new Map(changes.map((change) => [change.key, change])).values()];
  await tx.query(
    `INSERT INTO sink (key, revision, amount, event_id)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::numeric[], $4::text[])
     ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, amount = excluded.amount, event_id = excluded.event_id
     WHERE excluded.revision > sink.revision`,
    columns(last),
  );
}

export async function record(
  tx: EntityManager,
  changes: readonly (Change & { readonly eventId: string })[],
): Promise<void> {
  await tx.query(
    `INSERT INTO journal (key, revision, amount, event_id)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::numeric[], $4::text[])`,
    columns(changes),
  );
}

function columns(changes: readonly (Change & { readonly eventId: string })[]): unknown[] {
  return [
    changes.map(({ key }) => key),
    changes.map(({ revision }) => revision.toString()),
    changes.map(({ amount }) => amount),
    changes.map(({ eventId }) => eventId),
  ];
}

/** One event per effect, with an id that follows from its cause: the outcome names the event, the revision and the amount. */
export function answerTo(cause: EventMeta, change: Change, at: Date): NewEvent<typeof OUTPUT> {
  const id = derivedId('faults-subject', cause.id, 0);
  return {
    topic: OUTPUT,
    key: change.key,
    id,
    cause,
    value: {
      outcomeId: id,
      commandId: cause.id,
      commandType: null,
      contractId: change.key,
      contractRevision: change.revision,
      status: 'DONE',
      instance: 'main',
      orderId: null,
      orderNumber: null,
      invoiceId: null,
      invoiceNumber: null,
      documentDate: null,
      decisionId: null,
      code: null,
      message: change.amount,
      at: at.toISOString(),
    },
  };
}
