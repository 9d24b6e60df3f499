import { dayAfter } from './calendar.ts';
import { broken, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import { otherCurrency } from './parties.ts';
import { converted, RATES_REACH } from './rates.ts';
import type { CaseState } from './types.ts';

/** The same document in the books of two currencies. */
export const EXCHANGE = {
  'fx-inside': (desk: Desk) => {
    const { left, right } = exchanged(desk, desk.random.int(-90, 90));
    return state([left], [right], [together(['explained', 'matched', 'suggested'], [left], [right], 'fx')]);
  },
  'fx-outside': (desk: Desk) => {
    const { left, right } = exchanged(desk, desk.random.pick([-1, 1]) * desk.random.int(110, 190));
    return state([left], [right], ...broken([left], [right], null));
  },
  'fx-without-rate': (desk: Desk) => {
    const date = dayAfter(desk.policy.asOf, -(RATES_REACH + desk.random.int(0, 10)));
    const [units, reference] = [desk.amount(), desk.reference().text];
    const left = desk.left({ units, date, reference });
    const right = desk.right({ units: units * 3n, date, reference, currency: otherCurrency(desk.party.currency) });
    return state([left], [right], ...broken([left], [right], null));
  },
} satisfies Record<string, (desk: Desk) => CaseState>;

/** @param off percent of the tolerance by which the left amount differs from the right one's conversion */
function exchanged(desk: Desk, off: number): Record<'left' | 'right', ReturnType<Desk['left']>> {
  const [date, reference, { currency }] = [desk.day(), desk.reference().text, desk.party];
  // Large enough that the tolerance is many smallest units in every currency.
  const units = desk.amount() + 1_000_000n;
  const fair = converted(units, currency, date, desk.rates);
  const residual = (fair * BigInt(desk.policy.fxPpm) * BigInt(off)) / 100_000_000n;
  return {
    left: desk.left({ units: fair + residual, date, reference }),
    right: desk.right({ units, date, reference, currency: otherCurrency(currency) }),
  };
}
