import type { CompiledMatch, CompiledPairRule } from './compile.ts';
import { dayOf } from './dates.ts';
import { itemAt, type Work } from './work.ts';

/** What a rule found, by name; only what the rule asked for. */
export function evidenceOfPair(
  work: Work,
  { rule, keyNames, scores, isOpposite }: CompiledPairRule,
  left: number,
  right: number,
): Record<string, string> {
  const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
  const evidence: Record<string, string> = {};
  if (rule.keys.length > 0) evidence['keys'] = keyNames;
  rule.fuzzy.forEach((fuzzy, n) => {
    const name = fuzzy.left === fuzzy.right ? fuzzy.left : `${fuzzy.left} ~ ${fuzzy.right}`;
    evidence[`similarity of ${name}`] = String(scores[n]?.(a, b) ?? 0);
  });
  if (rule.date !== null && a.date !== null && b.date !== null)
    evidence['days'] = String(dayOf(b.date) - dayOf(a.date));
  if (isOpposite) evidence['sign'] = 'opposite';
  return evidence;
}

/** Keys that agree are worth more than texts that are alike, and those more than an amount and a day. */
export function confidenceOfPair(work: Work, { rule, scores }: CompiledMatch, left: number, right: number): number {
  if (rule.confidence !== null) return rule.confidence;
  if (rule.outcome === 'matched') return 1;
  if (rule.fuzzy.length === 0) return rule.keys.length > 0 ? 0.9 : 0.5;
  const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
  return Math.min(0.95, ...scores.map((score) => score(a, b)));
}
