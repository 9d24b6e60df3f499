import type { Group, Outcome } from '../group.ts';
import type { Block, Item } from '../item.ts';

/** An item by its id and amount; 1 EUR when nothing else matters. */
export const item = (id: string, amount = '1', currency = 'EUR'): Item => ({
  ...{ id, amount, currency, date: '2026-03-01', reference: null, counterparty: null, text: null, legalEntity: null },
  ...{ reverses: null, changedAt: null, fields: {} },
});

/** A group as `outcome left ids | right ids`, e.g. `matched a b | x`; left ids are a to m, right ids n to z. */
export function group(text: string, over: Partial<Group> = {}): Group {
  const [outcome = '', ...ids] = text.split(' ').filter((word) => word !== '|');
  return {
    ...{ outcome: outcome as Outcome, rule: 'exact', type: null, difference: null, currency: null, confidence: 1 },
    ...{ expectedClearing: null, evidence: {} },
    left: ids.filter((id) => id < 'n'),
    right: ids.filter((id) => id >= 'n'),
    ...over,
  };
}

/** The block that groups written by `group` are a result of. */
export function blockOf(groups: readonly Group[], amounts: Readonly<Record<string, string>> = {}): Block {
  const of = (side: 'left' | 'right'): Item[] =>
    groups
      .flatMap((one) => one[side].map((id) => item(id, amounts[id] ?? '1')))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { left: of('left'), right: of('right') };
}
