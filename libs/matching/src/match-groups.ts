import type { CompiledMatch } from './compile.ts';
import { forEachComponent, MOST_PAIRS } from './components.ts';
import { passes } from './pairing.ts';
import type { MatchRule } from './rule-set.ts';
import { magnitude } from './units.ts';
import { ambiguityOf, decide, itemAt, scaleOf, sumOf, type SideWork, type Work } from './work.ts';

/** 1:N, N:1, N:M with keys: all items with the same keys are one group, if their sums agree. */
export function matchGroups(work: Work, compiled: CompiledMatch): void {
  const { rule } = compiled;
  forEachComponent(work, compiled.together, rule.name, (left, right) => {
    if (!hasShape(rule.cardinality, left.length, right.length)) return;
    if (!settlesAmbiguities(work, left, right)) return;
    if (!isEveryPairAllowed(work, compiled, left, right) || !doSumsAgree(work, compiled, left, right)) return;
    decide(work, left, right, {
      outcome: rule.outcome,
      rule: rule.name,
      type: null,
      confidence: rule.confidence ?? (rule.outcome === 'matched' ? 1 : 0.9),
      evidence: {
        keys: compiled.keyNames,
        items: `${left.length} left, ${right.length} right`,
        ...(compiled.isOpposite && { sign: 'opposite' }),
      },
      isOpposite: compiled.isOpposite,
    });
  });
}

export function hasShape(cardinality: MatchRule['cardinality'], left: number, right: number): boolean {
  switch (cardinality) {
    case '1:1':
      return left === 1 && right === 1;
    case '1:N':
      return left === 1 && right > 1;
    case 'N:1':
      return left > 1 && right === 1;
    case 'N:M':
      return left > 0 && right > 0 && left + right > 2;
  }
}

/**
 * Several to one settles which candidate belongs where: all do, provided that all candidates are in the group. Several to several
 * would agree whichever way they belong, so it settles nothing.
 */
function settlesAmbiguities(work: Work, left: readonly number[], right: readonly number[]): boolean {
  const open = openIn(work, left, right);
  if (open.size === 0) return true;
  if (left.length > 1 && right.length > 1) return false;
  const isIn = (side: SideWork, positions: readonly number[], members: readonly number[], number: number): boolean =>
    members.every(
      (position) =>
        side.groupOf[position] !== 0 || ambiguityOf(side, position) !== number || positions.includes(position),
    );
  return [...open].every((number) => {
    const ambiguity = work.ambiguities[number - 1];
    if (ambiguity === undefined) return true;
    return isIn(work.left, left, ambiguity.left, number) && isIn(work.right, right, ambiguity.right, number);
  });
}

function openIn(work: Work, left: readonly number[], right: readonly number[]): Set<number> {
  const numbers = new Set<number>();
  if (work.ambiguities.length === 0) return numbers;
  for (const position of left) numbers.add(ambiguityOf(work.left, position));
  for (const position of right) numbers.add(ambiguityOf(work.right, position));
  numbers.delete(0);
  return numbers;
}

/** A window or a likeness is asked of every pair, not of a chain of neighbours. */
function isEveryPairAllowed(
  work: Work,
  { together }: CompiledMatch,
  left: readonly number[],
  right: readonly number[],
): boolean {
  if (together.window === null && together.tests.length === 0) return true;
  if (left.length * right.length > MOST_PAIRS) return false;
  return left.every((a) => right.every((b) => passes(together, work, a, b)));
}

export function doSumsAgree(
  work: Work,
  compiled: CompiledMatch,
  left: readonly number[],
  right: readonly number[],
): boolean {
  const [expected, other] = [sumOf(work, work.left, left), sumOf(work, work.right, right)];
  const allowed = compiled.allowanceAt(scaleOf(work))(expected, itemAt(work.left, left[0] as number).currency);
  return magnitude((compiled.isOpposite ? -other : other) - expected) <= allowed;
}
