import { minorUnits } from '@tieout/canonical';
import { dayAfter } from './calendar.ts';
import { apart, broken, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import { otherCurrency, otherEntity } from './parties.ts';
import type { CaseState } from './types.ts';

/** What one side lacks or states differently, and what only looks as if it could fill the gap. */
export const GAPS = {
  'missing-right': (desk: Desk) => {
    const left = desk.left({ units: desk.amount(), date: desk.day(), reference: desk.reference().text });
    return state([left], [], apart([left], []));
  },
  'missing-left': (desk: Desk) => {
    const right = desk.right({ units: desk.amount(), date: desk.day(), reference: desk.reference().text });
    return state([], [right], apart([], [right]));
  },
  'wrong-currency': (desk: Desk) => {
    const [whole, date, reference] = [desk.amount() / 100n, desk.day(), desk.reference().text];
    const currency = otherCurrency(desk.party.currency);
    const left = desk.left({ units: inUnits(whole, desk.party.currency), date, reference });
    const right = desk.right({ units: inUnits(whole, currency), date, reference, currency });
    return state([left], [right], ...broken([left], [right], 'currency'));
  },
  'wrong-sign': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    const left = desk.left({ units, date, reference });
    const right = desk.right({ units: -units, date, reference });
    return state([left], [right], ...broken([left], [right], 'amount'));
  },
  'wrong-party': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const left = desk.left({ units, date });
    const right = desk.right({ units, date, counterparty: desk.stranger.name });
    return state([left], [right], apart([left], [right]));
  },
  'wrong-entity': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    const left = desk.left({ units, date, reference });
    const right = desk.right({ units, date, reference, legalEntity: otherEntity(desk.party.legalEntity) });
    return state([left], [right], ...broken([left], [right], 'legal-entity').toReversed());
  },
  /** Two invoices in a row over the same amount, of which one was never paid. */
  'neighbour-missing': (desk: Desk) => {
    const [units, date, [one, next]] = [desk.amount(), desk.day(), desk.neighbours()];
    const [lost, paid] = desk.random.shuffled([one, next]) as [typeof one, typeof one];
    const missing = desk.left({ units, date, reference: lost.text });
    const left = desk.left({ units, date, reference: paid.text });
    const right = desk.right({ units, date, reference: paid.text });
    const matched = together(['matched'], [left], [right]);
    return state([missing, left], [right], [matched, ...apart([missing], [])]);
  },
  /** Two documents in a row over the same amount, each on one side only: no slip of the finger, but nobody can tell. */
  'neighbours-crossed': (desk: Desk) => {
    const [units, date, [one, next]] = [desk.amount(), desk.day(), desk.neighbours()];
    const left = desk.left({ units, date, reference: one.text });
    const right = desk.right({ units, date, reference: next.text });
    const suggested = together(['suggested', 'break', 'ambiguous'], [left], [right]);
    return state([left], [right], [suggested], apart([left], [right]));
  },
  'young-left': (desk: Desk) => {
    const left = desk.left({ ...young(desk, 0), reference: desk.reference().text });
    return state([left], [], [together(['timing'], [left], [])]);
  },
  'young-right': (desk: Desk) => {
    const right = desk.right({ ...young(desk, 0), reference: desk.reference().text });
    return state([], [right], [together(['timing'], [], [right])]);
  },
  'no-longer-young': (desk: Desk) => {
    const left = desk.left({ ...young(desk, 1), reference: desk.reference().text });
    return state([left], [], apart([left], []));
  },
} satisfies Record<string, (desk: Desk) => CaseState>;

/** At the age that is just timing, or so many days older. */
function young(desk: Desk, older: number): { units: bigint; date: string } {
  return { units: desk.amount(), date: dayAfter(desk.policy.asOf, -(desk.policy.timingDays + older)) };
}

function inUnits(whole: bigint, currency: string): bigint {
  return whole * 10n ** BigInt(minorUnits(currency));
}
