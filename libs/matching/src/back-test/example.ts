import type { Group } from '../group.ts';
import type { Item } from '../item.ts';
import type { Case, Side } from './cases.ts';
import type { Example, ExampleItem } from './result-comparison.ts';

/** Of each side: an ambiguous group may hold thousands, and an example is read by a person. */
const SHOWN = 10;

export function exampleOf({ before, after, left, right }: Case): Example {
  const shown = { left: left.slice(0, SHOWN), right: right.slice(0, SHOWN) };
  const items = [...shown.left.map(shownAs('left')), ...shown.right.map(shownAs('right'))];
  const only = onlyItems(new Set(shown.left.map(idOf)), new Set(shown.right.map(idOf)));
  return { before: only(before), after: only(after), items, more: left.length + right.length - items.length };
}

const idOf = ({ id }: Item): string => id;

const shownAs =
  (side: Side) =>
  ({ id, amount, currency, date, reference, counterparty, text }: Item): ExampleItem => ({
    ...{ side, id, amount, currency, date },
    ...{ reference, counterparty, text },
  });

/** The groups with these ids alone; without those that have none of them. */
const onlyItems =
  (left: ReadonlySet<string>, right: ReadonlySet<string>) =>
  (groups: readonly Group[]): readonly Group[] =>
    groups
      .map((group) => ({
        ...group,
        left: group.left.filter((id) => left.has(id)),
        right: group.right.filter((id) => right.has(id)),
      }))
      .filter((group) => group.left.length + group.right.length > 0);
