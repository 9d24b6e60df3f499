import type { Answer, AnswerGroup, CaseState, TruthItem, TruthOutcome } from './types.ts';

/** @param outcomes the wanted one first */
export function together(
  outcomes: readonly TruthOutcome[],
  left: readonly TruthItem[],
  right: readonly TruthItem[],
  type: string | null = null,
): AnswerGroup {
  return { outcomes, type, left: ids(left), right: ids(right) };
}

/** Every item a break of its own. */
export function apart(left: readonly TruthItem[], right: readonly TruthItem[]): Answer {
  return [
    ...left.map((one) => together(['break'], [one], [], 'missing-right')),
    ...right.map((one) => together(['break'], [], [one], 'missing-left')),
  ];
}

/** A break of all of them together, or one for each. */
export function broken(left: readonly TruthItem[], right: readonly TruthItem[], type: string | null): Answer[] {
  return [[together(['break'], left, right, type)], apart(left, right)];
}

/** @param answers the wanted one first */
export function state(left: readonly TruthItem[], right: readonly TruthItem[], ...answers: Answer[]): CaseState {
  return { left, right, answers };
}

function ids(items: readonly TruthItem[]): string[] {
  return items.map(({ id }) => id).toSorted();
}
