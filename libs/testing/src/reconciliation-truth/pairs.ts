import { dayAfter } from './calendar.ts';
import { apart, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import { misspelt, remittance, rewritten } from './references.ts';
import { respelt } from './parties.ts';
import type { CaseState, TruthItem, TruthOutcome } from './types.ts';

/** Two items that are one thing, said in more or less the same way. */
export const PAIRS = {
  exact: (desk: Desk) => {
    const [amount, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    const units = desk.random.chance(15) ? -amount : amount;
    return pair(desk.left({ units, date, reference }), desk.right({ units, date, reference }), ['matched']);
  },
  'reference-rewritten': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference()];
    const left = desk.left({ units, date, reference: reference.text });
    return pair(left, desk.right({ units, date, reference: rewritten(reference, desk.random) }), MATCHED);
  },
  'reference-misspelt': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference()];
    const left = desk.left({ units, date, reference: reference.text });
    return pair(left, desk.right({ units, date, reference: misspelt(reference, desk.random) }), LIKELY);
  },
  'reference-in-text-right': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference()];
    const left = desk.left({ units, date, reference: reference.text });
    return pair(left, desk.right({ units, date, text: remittance([reference], desk.random) }), MATCHED);
  },
  'reference-in-text-left': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference()];
    const right = desk.right({ units, date, reference: reference.text });
    return pair(desk.left({ units, date, text: remittance([reference], desk.random) }), right, MATCHED);
  },
  /** A bank states who paid only in the text, if at all. */
  'reference-in-text-nameless': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference()];
    const left = desk.left({ units, date, reference: reference.text });
    const text = remittance([reference], desk.random);
    return pair(left, desk.right({ units, date, text, counterparty: null }), MATCHED);
  },
  'own-references': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const left = desk.left({ units, date, reference: desk.reference().text });
    return pair(left, desk.right({ units, date, reference: desk.reference().text }), LIKELY);
  },
  'no-reference': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    return pair(desk.left({ units, date }), desk.right({ units, date }), LIKELY);
  },
  'name-respelt': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const counterparty = respelt(desk.party.name, desk.random);
    return pair(desk.left({ units, date }), desk.right({ units, date, counterparty }), LIKELY);
  },
  'date-missing': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    return pair(desk.left({ units, date, reference }), desk.right({ units, reference }), MATCHED);
  },
  'date-inside': (desk: Desk) => {
    const { left, right } = dated(desk, 0);
    return pair(left, right, MATCHED);
  },
  'date-outside': (desk: Desk) => {
    const { left, right } = dated(desk, 1);
    return state(
      [left],
      [right],
      [together(['break'], [left], [right], 'date')],
      [together(['suggested', 'ambiguous'], [left], [right])],
      apart([left], [right]),
    );
  },
} satisfies Record<string, (desk: Desk) => CaseState>;

const MATCHED: readonly TruthOutcome[] = ['matched', 'suggested'];
/** Nothing that proves it: a person confirms, unless a rule makes it unique. */
const LIKELY: readonly TruthOutcome[] = ['suggested', 'matched'];

function pair(left: TruthItem, right: TruthItem, outcomes: readonly TruthOutcome[]): CaseState {
  return state([left], [right], [together(outcomes, [left], [right])]);
}

/** The same thing on the last day that the window allows, or so many days past it. */
function dated(desk: Desk, beyond: number): { left: TruthItem; right: TruthItem } {
  const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
  const { daysBefore, daysAfter } = desk.policy;
  const shift = desk.random.chance(50) ? -(daysBefore + beyond) : daysAfter + beyond;
  return {
    left: desk.left({ units, date, reference }),
    right: desk.right({ units, date: dayAfter(date, shift), reference }),
  };
}
