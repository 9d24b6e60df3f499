import type { CompiledFx, CompiledMatch, CompiledPairRule, CompiledRuleSet } from './compile.ts';
import { forEachComponent, MOST_PAIRS } from './components.ts';
import { dayOf } from './dates.ts';
import { exchangeOf } from './exchange.ts';
import { exchangeFacts } from './match-exchange.ts';
import { doSumsAgree, hasShape } from './match-groups.ts';
import { commonCurrency, decide, freeOf, isFree, itemAt, type Decision, type SideWork, type Work } from './work.ts';

/*
 * Finance wants expected beside actual: where the keys say that items belong together and one thing else does not agree, that is
 * one break with both sides and not two missing items.
 */

export function decideNearMisses(work: Work, rules: CompiledRuleSet['twoSided']): void {
  forEachNearMiss(work, rules, (left, right, decision) => decide(work, left, right, decision));
}

export type Missed = (left: readonly number[], right: readonly number[], decision: Decision) => void;

/** Near misses of free items, rule by rule. What `missed` does not use may be missed by a later rule again. */
export function forEachNearMiss(work: Work, rules: CompiledRuleSet['twoSided'], missed: Missed): void {
  const reversals = rules.some(({ kind }) => kind === 'reversal')
    ? { left: reversalsById(work.left), right: reversalsById(work.right) }
    : NO_REVERSALS;
  // The residual of an exchange says more than that the currencies differ.
  for (const compiled of rules) if (compiled.kind === 'fx') missedExchange(work, compiled, missed);
  for (const compiled of rules) {
    if (compiled.kind !== 'match' || compiled.rule.nearMiss === 'off') continue;
    forEachComponent(work, compiled.byKeys, compiled.rule.name, (left, right) => {
      const [a, b] = [left[0] as number, right[0] as number];
      if (left.length > 1 || right.length > 1) missedGroup(work, compiled, { left, right }, missed);
      else if (!netted(work, compiled, { left: a, right: b, reversals }, missed))
        missedPair(work, compiled, { left: a, right: b }, missed);
    });
  }
}

function missedExchange(work: Work, compiled: CompiledFx, missed: Missed): void {
  if (compiled.rule.keys.length === 0) return;
  forEachComponent(work, compiled.byKeys, compiled.rule.name, (left, right) => {
    const [a, b] = [left[0] as number, right[0] as number];
    if (left.length !== 1 || right.length !== 1 || !isDateAllowed(compiled, work, a, b)) return;
    const exchange = exchangeOf(work, compiled.rule, a, b);
    if (exchange === null) return;
    // The same number in two currencies is a wrong currency, not a bad rate.
    const isSameNumber = itemAt(work.left, a).amount === itemAt(work.right, b).amount;
    missed(left, right, {
      outcome: 'break',
      rule: compiled.rule.name,
      type: isSameNumber ? 'currency' : 'fx',
      confidence: 0,
      ...exchangeFacts(work, compiled, { left: a, right: b, exchange }),
    });
  });
}

type ReversalsById = Record<'left' | 'right', ReadonlyMap<string, readonly number[]>>;
const NO_REVERSALS: ReversalsById = { left: new Map(), right: new Map() };

/** Free items that say what they reverse, by that. */
function reversalsById(side: SideWork): Map<string, number[]> {
  const reversals = new Map<string, number[]>();
  for (const position of freeOf(side)) {
    const { id, reverses } = itemAt(side, position);
    // Some exports let a document refer to itself: that reverses nothing.
    if (reverses !== null && reverses !== id) reversals.set(reverses, [...(reversals.get(reverses) ?? []), position]);
  }
  return reversals;
}

/** One side shows a document and what was credited of it, the other side what is left: both agree. */
function netted(
  work: Work,
  compiled: CompiledMatch,
  { left, right, reversals }: { left: number; right: number; reversals: ReversalsById },
  missed: Missed,
): boolean {
  const credits = {
    left: (reversals.left.get(itemAt(work.left, left).id) ?? []).filter((position) => isFree(work.left, position)),
    right: (reversals.right.get(itemAt(work.right, right).id) ?? []).filter((position) => isFree(work.right, position)),
  };
  if (credits.left.length + credits.right.length === 0) return false;
  const [lefts, rights] = [
    [left, ...credits.left],
    [right, ...credits.right],
  ];
  if (commonCurrency(work, lefts, rights) === null || !isDateAllowed(compiled, work, left, right)) return false;
  if (!doSumsAgree(work, compiled, lefts, rights)) return false;
  missed(lefts, rights, {
    outcome: 'explained',
    rule: compiled.rule.name,
    type: 'reversal',
    confidence: 1,
    evidence: {
      keys: compiled.keyNames,
      net: 'less what reverses it',
      ...(compiled.isOpposite && { sign: 'opposite' }),
    },
    isOpposite: compiled.isOpposite,
  });
  return true;
}

/** Exactly one of currency, amount, date and fields disagrees. */
function missedPair(
  work: Work,
  compiled: CompiledMatch,
  { left, right }: { left: number; right: number },
  missed: Missed,
): void {
  const [only, another] = disagreements(work, compiled, left, right);
  if (only === undefined || another !== undefined) return;
  const { type = '', ...facts } = only;
  missed([left], [right], {
    outcome: 'break',
    rule: compiled.rule.name,
    type,
    confidence: 0,
    evidence: { keys: compiled.keyNames, ...facts, ...(compiled.isOpposite && { sign: 'opposite' }) },
    isOpposite: compiled.isOpposite,
  });
}

function disagreements(work: Work, compiled: CompiledMatch, left: number, right: number): Record<string, string>[] {
  const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
  const found: Record<string, string>[] = [];
  if (a.currency !== b.currency) {
    found.push({ type: 'currency', left: `${a.amount} ${a.currency}`, right: `${b.amount} ${b.currency}` });
  } else if (!doSumsAgree(work, compiled, [left], [right])) {
    found.push({ type: 'amount', left: a.amount, right: b.amount });
  }
  if (!isDateAllowed(compiled, work, left, right)) {
    found.push({ type: 'date', left: a.date ?? 'none', right: b.date ?? 'none', ...daysBetween(a.date, b.date) });
  }
  const fields = differingFields(work, compiled, left, right);
  if (Object.keys(fields).length > 0) found.push({ type: 'field', ...fields });
  return found;
}

function missedGroup(
  work: Work,
  compiled: CompiledMatch,
  { left, right }: Record<'left' | 'right', readonly number[]>,
  missed: Missed,
): void {
  const isOneToSeveral = left.length === 1 || right.length === 1;
  const isGroup = compiled.rule.group === 'keys' && hasShape(compiled.rule.cardinality, left.length, right.length);
  if (!isOneToSeveral && !isGroup) return;
  if (commonCurrency(work, left, right) === null || doSumsAgree(work, compiled, left, right)) return;
  if (left.length * right.length > MOST_PAIRS) return;
  if (!left.every((a) => right.every((b) => isDateAllowed(compiled, work, a, b)))) return;
  missed(left, right, {
    outcome: 'break',
    rule: compiled.rule.name,
    type: 'amount',
    confidence: 0,
    evidence: {
      keys: compiled.keyNames,
      items: `${left.length} left, ${right.length} right`,
      ...(compiled.isOpposite && { sign: 'opposite' }),
    },
    isOpposite: compiled.isOpposite,
  });
}

function isDateAllowed({ rule }: CompiledPairRule, work: Work, left: number, right: number): boolean {
  if (rule.date === null) return true;
  const [a, b] = [itemAt(work.left, left).date, itemAt(work.right, right).date];
  if (a === null || b === null) return false;
  const days = dayOf(b) - dayOf(a);
  return rule.date.from <= days && days <= rule.date.to;
}

function daysBetween(left: string | null, right: string | null): Record<string, string> {
  return left === null || right === null ? {} : { days: String(dayOf(right) - dayOf(left)) };
}

/** What must agree and does not: fields, and texts that are not alike enough. */
function differingFields(
  work: Work,
  { rule, agree, scores }: CompiledMatch,
  left: number,
  right: number,
): Record<string, string> {
  const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
  const differing: Record<string, string> = {};
  agree.forEach((sides, n) => {
    const [expected, actual] = [sides.left(a), sides.right(b)];
    const field = rule.agree[n]?.left ?? '';
    if (expected !== actual) differing[field] = `${expected ?? 'none'} | ${actual ?? 'none'}`;
  });
  rule.fuzzy.forEach((fuzzy, n) => {
    const score = scores[n]?.(a, b) ?? 0;
    if (score < fuzzy.atLeast) differing[`similarity of ${fuzzy.left}`] = String(score);
  });
  return differing;
}
