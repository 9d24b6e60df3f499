import { add, type DecimalString } from '@tieout/canonical';
import type { Item } from '../item.ts';
import type { Tally, Values } from './result-comparison.ts';

export interface SidedItems {
  readonly left: readonly Item[];
  readonly right: readonly Item[];
}

/** Counts and sums as they come. */
export class RunningTally {
  #cases = 0;
  #left = 0;
  #right = 0;
  readonly #value = new Map<string, DecimalString>();

  add(items: SidedItems, value: Values): void {
    this.#cases += 1;
    this.#left += items.left.length;
    this.#right += items.right.length;
    for (const [currency, amount] of Object.entries(value))
      this.#value.set(currency, add(this.#value.get(currency) ?? '0', amount));
  }

  result(): Tally {
    const value = Object.fromEntries([...this.#value].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { cases: this.#cases, left: this.#left, right: this.#right, value };
  }
}

export function valueOf({ left, right }: SidedItems): Values {
  const value: Record<string, DecimalString> = {};
  for (const { currency, amount } of left.length > 0 ? left : right) {
    const known = value[currency];
    value[currency] = known === undefined ? absolute(amount) : add(known, absolute(amount));
  }
  return value;
}

/** Of canonical text, which has a minus sign or none. */
export const absolute = (amount: DecimalString): DecimalString => (amount.startsWith('-') ? amount.slice(1) : amount);
