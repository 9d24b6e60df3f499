import type { DateWindow, ExplainRule, MatchRule, Rule, TimingRule, Tolerance } from './rule-set.ts';
import { compareAmounts } from './units.ts';

/** The first of the earlier rules that takes whatever this one could take. Only what is certain; null when none is. */
export function firstShadow(earlier: readonly Rule[], rule: Rule): Rule | null {
  return earlier.find((other) => shadows(other, rule)) ?? null;
}

function shadows(earlier: Rule, rule: Rule): boolean {
  if (earlier.kind === 'match' && rule.kind === 'match') return shadowsMatch(earlier, rule);
  if (isOneSided(earlier) && isOneSided(rule)) return shadowsOneSided(earlier, rule);
  if (earlier.kind === 'fx' && rule.kind === 'fx') return isSame(testsOf(earlier), testsOf(rule));
  if (earlier.kind === 'reversal' && rule.kind === 'reversal')
    return isSame(earlier.keys, rule.keys) && earlier.sign === rule.sign;
  return false;
}

/**
 * The earlier rule is as wide or wider in everything. What it finds ambiguous it must keep: when it passes that on, a narrower rule
 * may choose, so only the same tests again decide nothing.
 */
function shadowsMatch(earlier: MatchRule, rule: MatchRule): boolean {
  if (earlier.group !== rule.group || earlier.sign !== rule.sign || !isCardinalityWithin(rule, earlier)) return false;
  if (isSame(testsOf(earlier), testsOf(rule))) return true;
  return (
    earlier.group === null &&
    earlier.onAmbiguity === 'hold' &&
    containsAll(rule.keys, earlier.keys) &&
    containsAll(rule.agree, earlier.agree) &&
    containsAll(rule.when.left, earlier.when.left) &&
    containsAll(rule.when.right, earlier.when.right) &&
    earlier.fuzzy.every((wide) =>
      rule.fuzzy.some(
        (narrow) => isSame({ ...narrow, atLeast: 0 }, { ...wide, atLeast: 0 }) && narrow.atLeast >= wide.atLeast,
      ),
    ) &&
    isDateWithin(rule.date, earlier.date) &&
    isToleranceWithin(rule.amount, earlier.amount)
  );
}

function isCardinalityWithin(rule: MatchRule, earlier: MatchRule): boolean {
  return rule.cardinality === earlier.cardinality || (earlier.cardinality === 'N:M' && rule.cardinality !== '1:1');
}

function testsOf(rule: Extract<Rule, { kind: 'match' | 'fx' }>): unknown {
  const { keys, fuzzy, date, amount, sign, when } = rule;
  const own = rule.kind === 'match' ? { agree: rule.agree, search: rule.search } : { rate: rule.rate };
  return { keys, fuzzy, date, amount, sign, when, ...own };
}

function isDateWithin(narrow: DateWindow | null, wide: DateWindow | null): boolean {
  if (wide === null) return true;
  return narrow !== null && narrow.from >= wide.from && narrow.to <= wide.to;
}

/** By the bounds as they are written; an absolute bound beside a percentage is not compared. */
function isToleranceWithin(narrow: Tolerance | null, wide: Tolerance | null): boolean {
  if (narrow === null) return true;
  if (wide === null) return false;
  const isBelow = (a: string | null, b: string | null): boolean =>
    a === null || (b !== null && compareAmounts(a, b) <= 0);
  const isCapBelow =
    wide.atMost === null || (narrow.atMost !== null && compareAmounts(narrow.atMost, wide.atMost) <= 0);
  return (
    isBelow(narrow.absolute, wide.absolute) &&
    isBelow(narrow.percent, wide.percent) &&
    (narrow.minorUnits ?? 0) <= (wide.minorUnits ?? 0) &&
    isSame(narrow.currencies, wide.currencies) &&
    isCapBelow
  );
}

type OneSided = TimingRule | ExplainRule;

function isOneSided(rule: Rule): rule is OneSided {
  return rule.kind === 'timing' || rule.kind === 'explain';
}

function shadowsOneSided(earlier: OneSided, rule: OneSided): boolean {
  if (earlier.side !== 'both' && earlier.side !== rule.side) return false;
  if (!containsAll(rule.when, earlier.when)) return false;
  if (earlier.kind === 'explain') return true;
  return rule.kind === 'timing' && earlier.days >= rule.days;
}

function containsAll(all: readonly unknown[], some: readonly unknown[]): boolean {
  return some.every((one) => all.some((other) => isSame(one, other)));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
