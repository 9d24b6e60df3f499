import { fromUnits, minorUnits } from '@tieout/canonical';
import { apart, broken, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import type { CaseState, TruthItem } from './types.ts';

export interface Delivered {
  readonly first: CaseState;
  readonly second: CaseState;
}

/** What a second delivery brings changes what is right about the first one. */
export const LATE = {
  'late-counterpart': (desk: Desk) => {
    const { left, right } = pair(desk);
    return { first: state([left], [], apart([left], [])), second: agreeing(left, right) };
  },
  'late-change': (desk: Desk) => {
    const { left, right, units } = pair(desk);
    const changed = restated(right, wrong(units), `${desk.policy.asOf}T12:00:00Z`);
    return { first: agreeing(left, right), second: state([left], [changed], ...broken([left], [changed], 'amount')) };
  },
  'late-correction': (desk: Desk) => {
    const { left, right, units } = pair(desk);
    const other = restated(right, wrong(units), null);
    return { first: state([left], [other], ...broken([left], [other], 'amount')), second: agreeing(left, right) };
  },
  /** A second one like it comes in: what was clear is no longer. */
  'late-look-alike': (desk: Desk) => {
    const facts = { units: desk.amount(), date: desk.day() };
    const [left, right, rival] = [desk.left(facts), desk.right(facts), desk.right(facts)];
    return {
      first: state([left], [right], [together(['suggested', 'matched'], [left], [right])]),
      second: state([left], [right, rival], [together(['ambiguous'], [left], [right, rival])]),
    };
  },
  'late-duplicate': (desk: Desk) => {
    const facts = { units: desk.amount(), date: desk.day(), reference: desk.reference().text };
    const [left, right, again] = [desk.left(facts), desk.right(facts), desk.right(facts)];
    const both = [together(['break', 'ambiguous'], [left], [right, again], 'duplicate')];
    return { first: agreeing(left, right), second: state([left], [right, again], both) };
  },
  'late-withdrawal': (desk: Desk) => {
    const { left, right } = pair(desk);
    return { first: agreeing(left, right), second: state([left], [], apart([left], [])) };
  },
} satisfies Record<string, (desk: Desk) => Delivered>;

function pair(desk: Desk): { left: TruthItem; right: TruthItem; units: bigint } {
  const facts = { units: desk.amount(), date: desk.day(), reference: desk.reference().text };
  return { left: desk.left(facts), right: desk.right(facts), units: facts.units };
}

function agreeing(left: TruthItem, right: TruthItem): CaseState {
  return state([left], [right], [together(['matched'], [left], [right])]);
}

function restated(item: TruthItem, units: bigint, changedAt: string | null): TruthItem {
  return { ...item, amount: fromUnits(units, minorUnits(item.currency)), changedAt };
}

/** By more than any tolerance. */
function wrong(units: bigint): bigint {
  return units + units / 10n + 1_234n;
}
