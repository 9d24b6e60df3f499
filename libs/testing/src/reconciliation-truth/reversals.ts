import { dayAfter } from './calendar.ts';
import { apart, broken, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import type { Answer, CaseState, TruthItem } from './types.ts';

/** What was taken back: voided, credited or refunded, on both sides or on one. */
export const REVERSALS = {
  'reversed-both': (desk: Desk) => {
    const { one, other } = reversed(desk, 20, 1n);
    return state([one.of('L'), other.of('L')], [one.of('R'), other.of('R')], ...mirrored(one, other));
  },
  'credited-both': (desk: Desk) => {
    const { one, other } = reversed(desk, 20, 3n);
    return state([one.of('L'), other.of('L')], [one.of('R'), other.of('R')], ...mirrored(one, other));
  },
  /** Never reached the other side, and has been taken back. */
  'reversed-one-sided': (desk: Desk) => {
    const { one, other } = reversed(desk, 20, 1n);
    const left = [one.of('L'), other.of('L')];
    return state(left, [], [together(['explained', 'matched'], left, [], 'reversal')]);
  },
  /** The other side shows what is left of it. */
  'credited-netted': (desk: Desk) => {
    const { one, other, rest } = reversed(desk, 20, 3n);
    const left = [one.of('L'), other.of('L')];
    const right = desk.right({ units: rest, date: one.date, reference: one.reference });
    return state(left, [right], [together(['matched', 'explained', 'suggested'], left, [right])]);
  },
  /** Both sides have taken it back, one of them not all of it. */
  'reversed-differently': (desk: Desk) => {
    const { one, other } = reversed(desk, 20, 1n);
    const { units, date, reference } = other;
    const [left, reversal] = [one.of('L'), other.of('L')];
    const right = one.of('R');
    const less = desk.right({ units: units - units / 10n, date, reference, reverses: right.id });
    const matched = together(['matched'], [left], [right]);
    const answers = broken([reversal], [less], 'amount').map((answer): Answer => [matched, ...answer]);
    return state([left, reversal], [right, less], ...answers);
  },
  /** Taken back twice on one side. */
  'reversed-twice': (desk: Desk) => {
    const { one, other } = reversed(desk, 20, 1n);
    const [left, reversal, right, counterpart] = [one.of('L'), other.of('L'), one.of('R'), other.of('R')];
    const { units, date } = other;
    const again = desk.left({ units, date, reference: desk.reference().text, reverses: left.id });
    return state(
      [left, reversal, again],
      [right, counterpart],
      [
        together(['matched'], [left], [right]),
        together(['matched'], [reversal], [counterpart]),
        together(['break'], [again], [], 'reversal-missing'),
      ],
    );
  },
  /** The other side still has the day to follow. */
  'reversal-awaited': (desk: Desk) => pending(desk, 0, 'timing'),
  'reversal-overdue': (desk: Desk) => pending(desk, 1, 'break'),
} satisfies Record<string, (desk: Desk) => CaseState>;

interface Mirrored {
  readonly units: bigint;
  readonly date: string;
  readonly reference: string;
  of(side: 'L' | 'R'): TruthItem;
}

/**
 * A document and what takes one `share`th of it back.
 * @param age days before the cut-off
 */
function reversed(desk: Desk, age: number, share: bigint): { one: Mirrored; other: Mirrored; rest: bigint } {
  const [units, reference, own] = [desk.amount(), desk.reference().text, desk.reference().text];
  const back = units / share;
  const dates = [desk.day(), dayAfter(desk.policy.asOf, -age)] as const;
  const one = twoSided({ units, date: dates[0], reference }, desk);
  const other = twoSided({ units: -back, date: dates[1], reference: own }, desk, one);
  return { one, other, rest: units - back };
}

function twoSided(
  facts: { units: bigint; date: string; reference: string },
  desk: Desk,
  reverses?: Mirrored,
): Mirrored {
  const made = new Map<string, TruthItem>();
  const make = (side: 'L' | 'R'): TruthItem => {
    const draft = reverses === undefined ? facts : { ...facts, reverses: reverses.of(side).id };
    return side === 'L' ? desk.left(draft) : desk.right(draft);
  };
  return {
    ...facts,
    of(side) {
      const item = made.get(side) ?? make(side);
      made.set(side, item);
      return item;
    },
  };
}

/** Each with its counterpart, or the whole chain as one. */
function mirrored(one: Mirrored, other: Mirrored): Answer[] {
  const [left, right] = [
    [one.of('L'), other.of('L')],
    [one.of('R'), other.of('R')],
  ];
  return [
    [one, other].map((both) => together(['matched'], [both.of('L')], [both.of('R')])),
    [together(['matched', 'explained', 'suggested'], left, right)],
  ];
}

/** Both sides have the document, one side has taken it back at the edge of what the other is granted to follow. */
function pending(desk: Desk, late: number, outcome: 'timing' | 'break'): CaseState {
  const { one, other } = reversed(desk, desk.policy.reversalDays + late, 1n);
  const [document, reversal, counterpart] = [one.of('L'), other.of('L'), one.of('R')];
  const reversing = together([outcome], [reversal], [], 'reversal-missing');
  const alone: Answer = [together(['matched'], [document], [counterpart]), reversing];
  const whole: Answer = [together([outcome], [document, reversal], [counterpart], 'reversal-missing')];
  const nothing = outcome === 'break' ? [apart([document, reversal], [counterpart])] : [];
  return state([document, reversal], [counterpart], alone, whole, ...nothing);
}
