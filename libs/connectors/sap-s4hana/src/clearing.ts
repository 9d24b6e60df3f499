import { compare, isZero, negate, sum, type DecimalString } from '@tieout/canonical';
import { refuse } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';

/** What a credit of the account settled of a debit. */
export interface Settlement {
  readonly credit: AccountItem;
  readonly debit: AccountItem;
  readonly amount: DecimalString;
}

/**
 * Who settled what among items that one document cleared. SAP only says that together they are settled, so: a credit settles
 * the document that it names first, and what is left of all goes from the oldest to the oldest. Whoever computes it of the same
 * items gets the same.
 */
export function settlementsOf(cleared: readonly AccountItem[]): readonly Settlement[] {
  const [first] = cleared;
  if (first === undefined || isReversalPair(cleared)) return [];
  if (cleared.some(({ currency }) => currency !== first.currency))
    refuse('does-not-add-up', 'clearing', `clearing ${first.clearing ?? ''} settles items of several currencies`);
  const total = sum(cleared.map(({ amount }) => amount));
  if (!isZero(total))
    refuse('does-not-add-up', 'clearing', `the items that ${first.clearing ?? ''} cleared sum up to ${total}`);
  return settle(cleared);
}

/** A document and its reversal settle each other, and nothing else. */
export const isReversalPair = (cleared: readonly AccountItem[]): boolean =>
  cleared.every(({ isReversal, isReversed }) => isReversal || isReversed);

interface Rest {
  readonly item: AccountItem;
  left: DecimalString;
}

function settle(cleared: readonly AccountItem[]): Settlement[] {
  const inOrder = [...cleared].sort(byAge);
  const debits = inOrder.filter(({ amount }) => compare(amount, '0') > 0).map((item) => rest(item, item.amount));
  const credits = inOrder
    .filter(({ amount }) => compare(amount, '0') < 0)
    .map((item) => rest(item, negate(item.amount)));
  const named = (credit: Rest, debit: Rest): boolean => credit.item.reference === debit.item.document;
  return [...passOver(credits, debits, named), ...passOver(credits, debits, () => true)];
}

const rest = (item: AccountItem, left: DecimalString): Rest => ({ item, left });

function passOver(credits: Rest[], debits: Rest[], fits: (credit: Rest, debit: Rest) => boolean): Settlement[] {
  const settlements: Settlement[] = [];
  for (const credit of credits)
    for (const debit of debits) {
      if (isZero(credit.left) || isZero(debit.left) || !fits(credit, debit)) continue;
      const amount = compare(credit.left, debit.left) < 0 ? credit.left : debit.left;
      credit.left = sum([credit.left, negate(amount)]);
      debit.left = sum([debit.left, negate(amount)]);
      settlements.push({ credit: credit.item, debit: debit.item, amount });
    }
  return settlements;
}

function byAge(a: AccountItem, b: AccountItem): number {
  const key = ({ dueDate, postingDate, document, number }: AccountItem): string =>
    [dueDate ?? postingDate, postingDate, document, number].join('|');
  return key(a) < key(b) ? -1 : 1;
}
