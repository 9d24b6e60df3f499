import { derivedId, fromUnits, type ErpCommand, type Invoice } from '@tieout/canonical';
import { createRandom } from '@tieout/testing/programs';
import type { Input } from '../subject/options.ts';

/** One event of the ground truth, in the order in which it is handed over. */
export interface TrueEvent {
  readonly key: string;
  readonly revision: bigint;
  /** Exact decimal with four places at most; cents as a rule. */
  readonly amount: string;
  readonly eventId: string;
}

export interface Plan {
  readonly seed: number;
  readonly input: Input;
  readonly events: number;
  readonly keys: number;
  /** So many in a hundred events are of the first key. */
  readonly hotPercent?: number;
  /** First revision of each key; later loads of a scenario go on where the one before ended. */
  readonly after?: ReadonlyMap<string, bigint>;
}

/** Events that follow from the seed alone: keys are drawn, revisions rise by one per key, amounts are odd on purpose. */
export function generate({ seed, input, events, keys, hotPercent = 0, after = new Map() }: Plan): TrueEvent[] {
  const random = createRandom(seed, `events ${input} ${after.size}`);
  const revisions = new Map(after);
  return Array.from({ length: events }, () => {
    const key = keyOf(seed, hotPercent > 0 && random.chance(hotPercent) ? 0 : random.int(0, keys - 1));
    const revision = (revisions.get(key) ?? 0n) + 1n;
    revisions.set(key, revision);
    const amount = fromUnits(BigInt(random.int(-9_999_999, 99_999_999)) * 100n + BigInt(random.int(0, 99)), 4);
    return { key, revision, amount, eventId: derivedId(`faults ${seed}`, key, Number(revision)) };
  });
}

/** Keys show their number first, so that a scenario can aim at one by its prefix. */
export function keyOf(seed: number, number: number): string {
  return `k${number}-${derivedId('faults', String(seed), number)}`;
}

/** The last revision of every key, for the next load. */
export function lastRevisions(events: readonly TrueEvent[]): Map<string, bigint> {
  return new Map(events.map(({ key, revision }) => [key, revision]));
}

/** The event as the contract has it; everything but key, revision and amount is the same in all of them. */
export function valueOf(input: Input, event: TrueEvent): Invoice | ErpCommand {
  return input === 'finance.invoice.v1' ? invoice(event) : command(event);
}

function invoice({ key, revision, amount }: TrueEvent): Invoice {
  return {
    ...{ invoiceId: key, revision, lifecycle: 'OPEN', number: `INV-${revision}`, legalEntityId: 'entity-1' },
    ...{ customerAccountId: null, customerId: null, contractId: null, currency: 'EUR' },
    ...{ issueDate: '2026-03-02', dueDate: '2026-04-01', period: '2026-03' },
    ...{ net: amount, tax: '0', gross: amount, paid: '0', credited: '0', open: amount, disputed: false },
    lines: [
      {
        ...{ lineNumber: 1, itemCode: 'SUB-1', description: 'Subscription – March', quantity: '1', unitPrice: null },
        ...{ net: amount, tax: '0' },
      },
    ],
    reversalOf: null,
    source: { system: 'netsuite', instance: 'main', entity: 'invoice', id: key, version: null, changedAt: null },
  };
}

function command({ key, revision, amount, eventId }: TrueEvent): ErpCommand {
  return {
    ...{ commandId: eventId, type: 'PUT_ORDER', contractId: key, contractRevision: revision },
    ...{ contractNumber: `C-${revision}`, customerId: 'customer-1', legalEntity: 'DE01', currency: 'EUR' },
    ...{ orderDate: '2026-03-02', net: amount, invoiceDate: null, requestedAt: '2026-03-02T10:00:00.000Z' },
    lines: [
      {
        ...{ billingId: `${key}/1`, billOn: '2026-04-01', itemCode: null, description: 'Subscription – März' },
        ...{ quantity: '1', unitPrice: amount, net: amount },
      },
    ],
  };
}
