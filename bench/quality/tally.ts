import type { Fault, KindScore, OutcomeScore, TruthOutcome, Verdict } from '@tieout/testing/reconciliation-truth';

/** Verdicts on several scenes, added up. */
export interface Tally {
  readonly scenes: number;
  readonly items: number;
  readonly kinds: readonly KindScore[];
  readonly outcomes: Readonly<Record<TruthOutcome, OutcomeScore>>;
  readonly faults: readonly (Fault & { readonly scene: string })[];
}

export interface JudgedScene {
  /** E.g. `seed 3, second delivery`. */
  readonly scene: string;
  readonly items: number;
  readonly verdict: Verdict;
}

export function tallied(judged: readonly JudgedScene[]): Tally {
  const kinds = Map.groupBy(
    judged.flatMap(({ verdict }) => verdict.kinds),
    ({ kind }) => kind,
  );
  const outcomes = judged.map(({ verdict }) => verdict.outcomes);
  return {
    scenes: judged.length,
    items: judged.reduce((sum, { items }) => sum + items, 0),
    kinds: [...kinds].map(([kind, scores]) => ({ kind, ...summed(scores, KIND_FIGURES) })),
    outcomes: Object.fromEntries(
      OUTCOMES.map((outcome) => [
        outcome,
        summed(
          outcomes.map((one) => one[outcome]),
          OUTCOME_FIGURES,
        ),
      ]),
    ) as Tally['outcomes'],
    faults: judged.flatMap(({ scene, verdict }) => verdict.faults.map((fault) => ({ ...fault, scene }))),
  };
}

export const OUTCOMES: readonly TruthOutcome[] = ['matched', 'suggested', 'ambiguous', 'timing', 'explained', 'break'];
const KIND_FIGURES = ['planted', 'wanted', 'right', 'groups', 'rightGroups', 'typed', 'rightlyTyped'] as const;
const OUTCOME_FIGURES = ['wanted', 'found', 'said', 'right'] as const;

function summed<K extends string>(
  scores: readonly Readonly<Record<K, number>>[],
  figures: readonly K[],
): Record<K, number> {
  const sumOf = (figure: K): number => scores.reduce((sum, score) => sum + score[figure], 0);
  return Object.fromEntries(figures.map((figure) => [figure, sumOf(figure)])) as Record<K, number>;
}
