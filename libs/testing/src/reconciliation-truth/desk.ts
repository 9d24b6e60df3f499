import { fromUnits, minorUnits } from '@tieout/canonical';
import type { Random } from '../random.ts';
import { dayAfter } from './calendar.ts';
import type { Party } from './parties.ts';
import type { Reference, References } from './references.ts';
import type { Policy, TruthItem, TruthRate } from './types.ts';

/** What an item says; the rest is that of the party. */
export interface Draft {
  /** Smallest units of the currency. */
  readonly units: bigint;
  readonly date?: string | null;
  readonly reference?: string | null;
  readonly text?: string | null;
  readonly counterparty?: string | null;
  readonly currency?: string;
  readonly legalEntity?: string;
  readonly reverses?: string;
  readonly changedAt?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What a situation of one party is made with. */
export interface Desk {
  readonly random: Random;
  readonly policy: Policy;
  readonly party: Party;
  readonly rates: readonly TruthRate[];
  /** Another party, with whom nothing was traded. */
  readonly stranger: Party;
  left(draft: Draft): TruthItem;
  right(draft: Draft): TruthItem;
  /** A day that is settled: old enough for nothing to be under way any more. */
  day(): string;
  /** An amount of any usual size, in smallest units. */
  amount(): bigint;
  reference(): Reference;
  neighbours(): readonly [Reference, Reference];
}

const SETTLED_FROM = 40;
const SETTLED_TO = 110;

export interface DeskOptions extends Pick<Desk, 'random' | 'policy' | 'party' | 'stranger' | 'rates'> {
  readonly references: References;
  /** Hands out ids that say nothing about what belongs together. */
  readonly id: (side: 'L' | 'R') => string;
}

export function createDesk({ references, id, ...desk }: DeskOptions): Desk {
  const { random, policy, party } = desk;
  return {
    ...desk,
    left: (draft) => item(id('L'), party, draft),
    right: (draft) => item(id('R'), party, draft),
    day: () => dayAfter(policy.asOf, -random.int(SETTLED_FROM, SETTLED_TO)),
    amount: () => {
      const magnitude = 10 ** random.int(4, 6);
      return BigInt(random.int(magnitude, 10 * magnitude - 1));
    },
    reference: () => references.fresh(random),
    neighbours: () => references.neighbours(random),
  };
}

function item(id: string, party: Party, draft: Draft): TruthItem {
  const currency = draft.currency ?? party.currency;
  return {
    id,
    amount: fromUnits(draft.units, minorUnits(currency)),
    currency,
    date: draft.date ?? null,
    reference: draft.reference ?? null,
    counterparty: draft.counterparty === undefined ? party.name : draft.counterparty,
    text: draft.text ?? null,
    legalEntity: draft.legalEntity ?? party.legalEntity,
    reverses: draft.reverses ?? null,
    changedAt: draft.changedAt ?? null,
    fields: draft.fields ?? {},
  };
}
