import { derivedId, type ErpCommand } from '@tieout/canonical';
import {
  applied,
  duplicate,
  ignored,
  superseded,
  type ConsumerSpec,
  type Delivery,
  type Enqueue,
  type EventMeta,
  type NewEvent,
  type NewWorkItem,
  type Outbox,
  type Outcome,
} from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { wantCustomers, type Want } from '../customers/customer-link.store.ts';
import { bringWanted } from '../customers/customer.consumer.ts';
import { keepCommands, loadOrders, type LinkState, type ToLookAt } from './order-link.store.ts';
import { outcomeEvent, supersededAnswer, type Answer, type Answered } from './outcome.ts';

export const PUT_ORDER = 'put-order';

/** Which commands are for an ERP instance. */
export interface CommandScope {
  readonly instance: string;
  /** By the code of the legal entity. */
  holds(legalEntity: string): boolean;
  /** A customer comes, or comes into one more legal entity, when a command names him. */
  readonly bringsCustomers: boolean;
  customerKey?(customerId: string): string;
}

/** Commands for the legal entities of this ERP: the newest of a contract is kept here, and carried out by the worker. */
export function commands(scope: CommandScope, outbox: Outbox, queue: Enqueue): ConsumerSpec<'finance.erp-command.v1'> {
  const { instance } = scope;
  return {
    topic: 'finance.erp-command.v1',
    async handle(deliveries, tx) {
      const ours = deliveries.filter(({ value }) => value !== null && notOurs(value, scope) === null);
      await wantTheirCustomers(scope, queue, tx, ours);
      const keys = [...new Set(ours.map(({ value }) => value!.contractId))];
      const stored = await loadOrders(tx, instance, keys, true);
      // The command that counts while the batch is walked through, with what it is answered when another takes its place.
      const counts = new Map<string, Answered & { readonly open: boolean; readonly from: Delivery<ErpCommand> | null }>(
        stored.map((link) => [link.contractId, { ...link, open: OPEN.has(link.state), from: null }]),
      );
      const outcomes = new Map<Delivery<ErpCommand>, Outcome>();
      const events: NewEvent[] = [];
      for (const delivery of ours) {
        const command = answeredBy(delivery.value!);
        const known = counts.get(command.contractId);
        if (known && command.revision <= known.revision) {
          outcomes.set(delivery, command.commandId === known.commandId ? duplicate : superseded);
          if (command.commandId !== known.commandId) events.push(answer(command, supersededAnswer, delivery.meta));
          continue;
        }
        if (known?.open) events.push(answer(known, supersededAnswer, delivery.meta));
        if (known?.from) outcomes.set(known.from, superseded);
        counts.set(command.contractId, { ...command, open: true, from: delivery });
        outcomes.set(delivery, applied);
      }
      const newest = [...counts.values()].flatMap(({ from }) => (from ? [from] : []));
      await keepCommands(
        tx,
        instance,
        newest.map(({ value }) => value!),
      );
      await queue.enqueue(tx, newest.map(toWork));
      await outbox.publish(tx, [...events, ...deliveries.flatMap(unknownCommand)]);
      return deliveries.map((delivery) => outcomes.get(delivery) ?? notTaken(delivery));
    },
  };

  function notTaken({ value }: Delivery<ErpCommand>): Outcome {
    return ignored((value && notOurs(value, scope)) ?? 'empty');
  }

  /** Somebody asks for what this adapter is too old for: he gets an answer, and later commands of the contract flow. */
  function unknownCommand({ value, meta }: Delivery<ErpCommand>): NewEvent[] {
    if (value === null || notOurs(value, scope) !== UNKNOWN_TYPE) return [];
    const message = 'This adapter does not know what is asked: it is older than the command.';
    const refused = { status: 'REFUSED', code: 'unknown-command', message, orderId: null, orderNumber: null } as const;
    return [answer(answeredBy(value), refused, meta)];
  }

  function answer(command: Answered, what: Answer, cause: EventMeta): NewEvent {
    return { ...outcomeEvent(instance, command, what, cause.time), cause };
  }
}

/** Before the orders are locked: who writes a customer locks him first, too. */
async function wantTheirCustomers(
  { instance, bringsCustomers, customerKey }: CommandScope,
  queue: Enqueue,
  tx: EntityManager,
  ours: readonly Delivery<ErpCommand>[],
): Promise<void> {
  const wants = ours.flatMap(({ value }): Want[] => {
    const { type, customerId, legalEntity } = value!;
    const externalKey = customerKey?.(customerId) ?? null;
    return type === 'PUT_ORDER' ? [{ customerId, legalEntity, externalKey }] : [];
  });
  const found = await wantCustomers(tx, instance, wants);
  const items = bringsCustomers ? found.map(({ customerId, wanted }) => bringWanted(customerId, wanted)) : [];
  await queue.enqueue(tx, items);
}

const UNKNOWN_TYPE = 'unknown command';
/** Of a command that still has something to answer when another takes its place. */
const OPEN: ReadonlySet<LinkState> = new Set(['ASKED', 'WAITING_FOR_CUSTOMER', 'REFUSED']);

/** Why a command is none of ours. */
function notOurs({ type, legalEntity }: ErpCommand, scope: CommandScope): string | null {
  if (!scope.holds(legalEntity)) return 'legal entity of another ERP';
  if (type === 'BILL_ORDER') return 'about an invoice';
  return type === 'PUT_ORDER' || type === 'WITHDRAW_ORDER' ? null : UNKNOWN_TYPE;
}

function answeredBy({ commandId, contractId, contractRevision: revision }: ErpCommand): Answered {
  return { commandId, contractId, revision };
}

function toWork({ value, meta }: Delivery<ErpCommand>): NewWorkItem {
  const { commandId, contractId } = value!;
  return {
    id: derivedId(PUT_ORDER, commandId),
    kind: PUT_ORDER,
    key: contractId,
    payload: { contractId },
    cause: meta,
  };
}

/** The order is looked at again because of something in the ERP or here; once per version of what is known of it. */
export function lookAgain(reason: string, orders: readonly ToLookAt[]): NewWorkItem[] {
  return orders.map(({ contractId, version }) => ({
    id: derivedId(`${PUT_ORDER}/${reason}`, contractId, version),
    kind: PUT_ORDER,
    key: contractId,
    payload: { contractId },
  }));
}
