import { firstShadow } from './rule-set-shadow.ts';
import type { Condition, Rule, RuleSet, Tolerance } from './rule-set.ts';
import { compareAmounts } from './units.ts';

/** A rule that contradicts itself or its set, or that no item can reach. `path` as in `rules[2].date`. */
export interface RuleProblem {
  readonly code: 'malformed' | 'contradictory' | 'unreachable';
  readonly path: string;
  readonly reason: string;
}

/** What is wrong with a rule set whose shape is right. */
export function problemsOf(ruleSet: RuleSet): RuleProblem[] {
  return [...blockProblems(ruleSet), ...ruleSet.rules.flatMap((rule, n) => problemsOfRule(ruleSet, rule, n))];
}

function blockProblems({ block }: RuleSet): RuleProblem[] {
  const twice = block.filter((field, n) => block.indexOf(field) !== n);
  return twice.map((field) => contradiction('block', `${field} stands there twice`));
}

function problemsOfRule(ruleSet: RuleSet, rule: Rule, n: number): RuleProblem[] {
  const path = `rules[${n}]`;
  const problems = [...contradictionsOf(rule, ruleSet), ...orderProblems(ruleSet.rules, rule, n)].map(
    ({ at, reason }) => contradiction(at === '' ? path : `${path}.${at}`, reason),
  );
  const shadow = problems.length > 0 ? null : firstShadow(ruleSet.rules.slice(0, n), rule);
  if (shadow !== null) {
    problems.push({
      code: 'unreachable',
      path,
      reason: `rule ${rule.name} decides nothing: whatever it takes, ${shadow.name} before it takes already`,
    });
  }
  return problems;
}

interface Contradiction {
  readonly at: string;
  readonly reason: string;
}

const contradiction = (path: string, reason: string): RuleProblem => ({ code: 'contradictory', path, reason });

function orderProblems(rules: readonly Rule[], rule: Rule, n: number): Contradiction[] {
  const before = rules.slice(0, n);
  const problems: Contradiction[] = [];
  if (before.some(({ name }) => name === rule.name))
    problems.push({ at: 'name', reason: `${rule.name} is the name of an earlier rule` });
  const isOneSided = ({ kind }: Rule): boolean => kind === 'timing' || kind === 'explain';
  const early = isOneSided(rule) ? undefined : before.find(isOneSided);
  if (early !== undefined) {
    problems.push({
      at: '',
      reason: `${rule.name} looks at both sides and stands after ${early.name}, which is for items that have no counterpart`,
    });
  }
  return problems;
}

function contradictionsOf(rule: Rule, ruleSet: RuleSet): Contradiction[] {
  switch (rule.kind) {
    case 'match':
      return [...pairContradictions(rule), ...matchContradictions(rule)];
    case 'fx':
      return [...pairContradictions(rule), ...fxContradictions(rule, ruleSet)];
    case 'reversal':
      return rule.keys.filter(({ how }) => how !== 'equal').length > 1
        ? [{ at: 'keys', reason: 'one key by words at most: give each its own rule' }]
        : [];
    case 'timing':
    case 'explain':
      return rule.when.flatMap((condition, n) => conditionContradictions(condition, `when[${n}]`));
  }
}

function pairContradictions(rule: Extract<Rule, { kind: 'match' | 'fx' }>): Contradiction[] {
  const problems: Contradiction[] = [];
  const { date, amount, when } = rule;
  if (date !== null && date.from > date.to)
    problems.push({ at: 'date', reason: `from ${date.from} is after to ${date.to}` });
  if (amount !== null) problems.push(...toleranceContradictions(amount));
  for (const side of ['left', 'right'] as const) {
    when[side].forEach((condition, n) => problems.push(...conditionContradictions(condition, `when.${side}[${n}]`)));
  }
  if (rule.outcome === 'matched' && rule.keys.length === 0 && rule.fuzzy.length === 0) {
    problems.push({
      at: 'outcome',
      reason: 'an amount and a day prove nothing: without keys or fuzzy texts at most suggested',
    });
  }
  return problems;
}

function toleranceContradictions(tolerance: Tolerance): Contradiction[] {
  const { absolute, percent, minorUnits, currencies, atMost } = tolerance;
  const bounds = Object.entries({ absolute, percent, atMost, ...prefixed(currencies) });
  const problems = bounds.flatMap(([name, text]) =>
    text !== null && text.startsWith('-')
      ? [{ at: `amount.${name}`, reason: `a tolerance of ${text} is negative` }]
      : [],
  );
  if (minorUnits !== null && minorUnits < 0)
    problems.push({ at: 'amount.minorUnits', reason: `a tolerance of ${minorUnits} is negative` });
  if (percent !== null && compareAmounts(percent, '100') > 0)
    problems.push({ at: 'amount.percent', reason: `${percent} percent is more than the amount itself` });
  if (absolute === null && percent === null && minorUnits === null && Object.keys(currencies).length === 0) {
    problems.push({ at: 'amount', reason: 'states no bound; leave it out for equal amounts' });
  }
  if (absolute !== null && atMost !== null && compareAmounts(absolute, atMost) > 0) {
    problems.push({ at: 'amount.atMost', reason: `${atMost} is less than absolute ${absolute}` });
  }
  return problems;
}

function prefixed(currencies: Tolerance['currencies']): Record<string, string> {
  return Object.fromEntries(Object.entries(currencies).map(([code, text]) => [`currencies.${code}`, text]));
}

function matchContradictions(rule: Extract<Rule, { kind: 'match' }>): Contradiction[] {
  const problems: Contradiction[] = [];
  const problem = (at: string, reason: string): void => void problems.push({ at, reason });
  const isPair = rule.cardinality === '1:1';
  if (isPair && rule.group !== null) problem('group', 'a pair has no group: it is for 1:N, N:1 and N:M');
  if (rule.group === 'keys' && rule.keys.length === 0)
    problem('keys', `${rule.cardinality} by keys needs keys; without them, group: search`);
  if (rule.group !== 'search' && rule.search !== null)
    problem('search', 'bounds of a search, but the rule does not search');
  if (!isPair && rule.twins === 'pair') problem('twins', 'twins are paired by rules with 1:1');
  if (!isPair && rule.duplicates === 'break') problem('duplicates', 'duplicates are found by rules with 1:1');
  if (rule.duplicates === 'break' && rule.onAmbiguity !== 'hold') problem('duplicates', 'need onAmbiguity: hold');
  if (!isPair && rule.onAmbiguity === 'pass') problem('onAmbiguity', 'only candidates of pairs are passed on');
  if (rule.nearMiss === 'break' && rule.keys.length === 0)
    problem('nearMiss', 'a near miss is told by keys that agree, and there are none');
  return problems;
}

function fxContradictions(rule: Extract<Rule, { kind: 'fx' }>, { block }: RuleSet): Contradiction[] {
  const problems: Contradiction[] = [];
  if (block.includes('currency')) {
    problems.push({ at: '', reason: 'an fx rule is for items of two currencies, and block keeps currencies apart' });
  }
  if (rule.keys.some(({ left, right }) => left === 'currency' && right === 'currency')) {
    problems.push({ at: 'keys', reason: 'an fx rule is for items of two currencies, and a key wants one currency' });
  }
  if (rule.keys.length === 0 && rule.fuzzy.length === 0) {
    problems.push({ at: 'keys', reason: 'two converted amounts prove nothing: an fx rule needs keys or fuzzy texts' });
  }
  return problems;
}

function conditionContradictions(condition: Condition, at: string): Contradiction[] {
  const { field, equals, startsWith, contains, present, min, max } = condition;
  const hasText = equals !== null || startsWith !== null || contains !== null || present !== null;
  const hasBounds = min !== null || max !== null;
  const problems: Contradiction[] = [];
  if (field === 'amount' && hasText) problems.push({ at, reason: 'an amount is compared by min and max' });
  if (field !== 'amount' && hasBounds) problems.push({ at, reason: 'min and max are for amount' });
  if (!hasText && !hasBounds) problems.push({ at, reason: 'asks for nothing' });
  if (min !== null && max !== null && compareAmounts(min, max) > 0)
    problems.push({ at, reason: `min ${min} is more than max ${max}` });
  if (present === false && (equals !== null || startsWith !== null || contains !== null)) {
    problems.push({ at, reason: 'wants a text and none' });
  }
  return problems;
}
