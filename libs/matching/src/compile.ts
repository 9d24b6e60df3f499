import {
  joined,
  predicateOf,
  sidesOf,
  wordKeyOf,
  getterOf,
  type Getter,
  type Sides,
  type WordKey,
} from './compiled-keys.ts';
import { exchangeOf, isWithin } from './exchange.ts';
import { hasIdentity } from './identity.ts';
import type { Item } from './item.ts';
import {
  amountWindow,
  dateWindow,
  fuzzyTest,
  sameGetter,
  scoreOf,
  windowTest,
  wordTest,
  type Pairing,
  type PairTest,
  type Score,
  type Window,
} from './pairing.ts';
import type { ExplainRule, FxRule, ItemField, Key, MatchRule, ReversalRule, RuleSet, TimingRule } from './rule-set.ts';
import { allowanceOf, scaleOfTolerance, type Allowance } from './tolerance.ts';
import { negated } from './units.ts';

/** A rule with its fields and bounds looked up, made once per rule set. */
export type CompiledRule = CompiledMatch | CompiledFx | CompiledReversal | CompiledOneSided;
export type CompiledPairRule = CompiledMatch | CompiledFx;

interface CompiledPair {
  /** Everything that the rule asks of a pair. */
  readonly pairing: Pairing;
  /** The keys alone, for near misses. */
  readonly byKeys: Pairing;
  readonly scores: readonly Score[];
  readonly isOpposite: boolean;
  readonly allowanceAt: (scale: number) => Allowance;
  /** What the keys of a pair are, as evidence. */
  readonly keyNames: string;
}
export interface CompiledMatch extends CompiledPair {
  readonly kind: 'match';
  readonly rule: MatchRule;
  /** What the rule asks of items that are summed up together: all but the amount. */
  readonly together: Pairing;
  readonly agree: readonly Sides[];
  /** Nothing but equality is asked, so that the evidence of every pair is the same. */
  readonly isExact: boolean;
  readonly exactEvidence: Readonly<Record<string, string>>;
}
export interface CompiledFx extends CompiledPair {
  readonly kind: 'fx';
  readonly rule: FxRule;
}
export interface CompiledReversal {
  readonly kind: 'reversal';
  readonly rule: ReversalRule;
  /** Null: only what `reverses` names. */
  readonly keys: ReversalKeys | null;
}
/** An original and its reversal have a name in common. */
export interface ReversalKeys {
  readonly ofOriginal: (item: Item) => readonly string[];
  readonly ofReversal: (item: Item) => readonly string[];
}
export interface CompiledOneSided {
  readonly kind: 'one-sided';
  readonly rule: TimingRule | ExplainRule;
  readonly holds: ((item: Item) => boolean) | null;
}

export interface CompiledRuleSet {
  readonly twoSided: readonly (CompiledPairRule | CompiledReversal)[];
  readonly oneSided: readonly CompiledOneSided[];
  /** Digits after the point that the bounds of the rules need. */
  readonly scale: number;
  /** All that any rule reads of an item; items with the same text are twins. */
  readonly signature: (item: Item) => string;
}

/** Of any ISO 4217 currency; converted amounts are rounded to them. */
const MOST_MINOR_DIGITS = 4;

const COMPILED = new WeakMap<RuleSet, CompiledRuleSet>();

export function compiled(ruleSet: RuleSet): CompiledRuleSet {
  let result = COMPILED.get(ruleSet);
  if (result === undefined) COMPILED.set(ruleSet, (result = compile(ruleSet)));
  return result;
}

function compile(ruleSet: RuleSet): CompiledRuleSet {
  const rules = ruleSet.rules.map(compileRule);
  const tolerances = ruleSet.rules.map((rule) => ('amount' in rule ? scaleOfTolerance(rule.amount) : 0));
  const exchange = ruleSet.rules.some(({ kind }) => kind === 'fx') ? MOST_MINOR_DIGITS : 0;
  return {
    twoSided: rules.filter((rule) => rule.kind !== 'one-sided'),
    oneSided: rules.filter((rule) => rule.kind === 'one-sided'),
    scale: Math.max(exchange, ...tolerances),
    signature: signatureOf(ruleSet),
  };
}

function compileRule(rule: RuleSet['rules'][number]): CompiledRule {
  switch (rule.kind) {
    case 'match':
      return compileMatch(rule);
    case 'fx':
      return compileFx(rule);
    case 'reversal':
      return compileReversal(rule);
    case 'timing':
    case 'explain':
      return { kind: 'one-sided', rule, holds: predicateOf(rule.when) };
  }
}

const CURRENCY = sameGetter((item) => item.currency);
const SAME_AMOUNT = sameGetter((item) => item.amount);
const OPPOSITE_AMOUNT: Sides = { left: (item) => item.amount, right: (item) => negated(item.amount) };

function compileMatch(rule: MatchRule): CompiledMatch {
  const pair = compilePair(rule);
  const agree = rule.agree.map(sidesOf);
  const equal = [CURRENCY, ...agree];
  const dates = rule.date === null ? null : dateWindow(rule.date);
  const tests = [...pair.byKeys.tests, ...fuzzyTests(rule, pair.scores)];
  const amounts = rule.amount === null ? null : amountWindow(pair.allowanceAt, pair.isOpposite);
  const exactAmount = pair.isOpposite ? OPPOSITE_AMOUNT : SAME_AMOUNT;
  const pairing: Pairing = {
    ...withWindows(pair.byKeys, amounts, dates, tests),
    equal: amounts === null ? [exactAmount, ...equal] : equal,
  };
  return {
    ...pair,
    kind: 'match',
    rule,
    agree,
    pairing,
    together: { ...withWindows(pair.byKeys, null, dates, tests), equal, isAcross: true },
    isExact: amounts === null && dates === null && rule.fuzzy.length === 0 && pair.byKeys.word === null,
    exactEvidence: Object.freeze({
      keys: pair.keyNames,
      amount: 'equal',
      ...(pair.isOpposite && { sign: 'opposite' }),
    }),
  };
}

function compileFx(rule: FxRule): CompiledFx {
  const pair = compilePair(rule);
  const dates = rule.date === null ? null : dateWindow(rule.date);
  const tests = [...pair.byKeys.tests, ...fuzzyTests(rule, pair.scores)];
  tests.push((work, left, right) => {
    const exchange = exchangeOf(work, rule, left, right);
    return exchange !== null && isWithin(work, pair.allowanceAt, left, exchange.residual);
  });
  return { ...pair, kind: 'fx', rule, pairing: withWindows(pair.byKeys, null, dates, tests) };
}

/** Items that an earlier rule left ambiguous only meet their candidates. */
function withWindows(base: Pairing, amounts: Window | null, dates: Window | null, tests: PairTest[]): Pairing {
  if (amounts === null) return { ...base, isAcross: false, window: dates, tests };
  return { ...base, isAcross: false, window: amounts, tests: dates === null ? tests : [windowTest(dates), ...tests] };
}

function fuzzyTests(rule: MatchRule | FxRule, scores: readonly Score[]): PairTest[] {
  return rule.fuzzy.length === 0 ? [] : [fuzzyTest(rule, scores)];
}

/** The keys of a rule: equal ones are hashed, the first one of words is looked up, further ones are tried. */
function compilePair(rule: MatchRule | FxRule): CompiledPair & { pairing: Pairing } {
  const equal = rule.keys.filter(({ how }) => how === 'equal').map(sidesOf);
  const [word = null, ...words] = rule.keys.filter(({ how }) => how !== 'equal').map(wordKeyOf);
  const byKeys: Pairing = {
    keys: { left: joined(equal.map(({ left }) => left)), right: joined(equal.map(({ right }) => right)) },
    word,
    equal: [],
    window: null,
    tests: words.map(wordTest),
    isAcross: true,
    isWeak: !hasIdentity(rule.keys),
    usable: { left: predicateOf(rule.when.left), right: predicateOf(rule.when.right) },
  };
  return {
    pairing: byKeys,
    byKeys,
    scores: rule.fuzzy.map(scoreOf),
    isOpposite: rule.sign === 'opposite',
    allowanceAt: memoized((scale) => allowanceOf(rule.amount, scale)),
    keyNames: rule.keys.map(nameOf).join(', '),
  };
}

function memoized(make: (scale: number) => Allowance): (scale: number) => Allowance {
  const made: Allowance[] = [];
  return (scale) => (made[scale] ??= make(scale));
}

export function nameOf({ left, right, how }: Key): string {
  if (how === 'left-in-right') return `${left} in ${right} of the other side`;
  if (how === 'right-in-left') return `${right} of the other side in ${left}`;
  return left === right ? left : `${left} = ${right}`;
}

function compileReversal(rule: ReversalRule): CompiledReversal {
  if (rule.keys.length === 0) return { kind: 'reversal', rule, keys: null };
  const equal = rule.keys.filter(({ how }) => how === 'equal').map(sidesOf);
  const word = rule.keys.filter(({ how }) => how !== 'equal').map(wordKeyOf)[0] ?? null;
  const names = (side: 'left' | 'right') => namesOf(joined(equal.map((sides) => sides[side])), word, side);
  return { kind: 'reversal', rule, keys: { ofOriginal: names('left'), ofReversal: names('right') } };
}

function namesOf(keyOf: Getter, word: WordKey | null, side: 'left' | 'right'): (item: Item) => readonly string[] {
  return (item) => {
    const key = keyOf(item);
    if (key === null) return [];
    if (word === null) return [key];
    const contained = word.holder === side ? null : word.contained(item);
    const words = word.holder === side ? word.runs(item) : contained === null ? [] : [contained];
    return words.map((text) => `${key}\u001f${text}`);
  };
}

function signatureOf({ rules }: RuleSet): (item: Item) => string {
  const getters = [...fieldsRead(rules)].sort().map(getterOf);
  return (item) => [item.amount, item.currency, item.date, ...textsOf(item, getters)].join('\u001f');
}

function textsOf(item: Item, getters: readonly Getter[]): string[] {
  return getters.map((get) => get(item) ?? '\u0000');
}

/** Ids aside: a rule that reads ids tells all items apart. */
function fieldsRead(rules: RuleSet['rules']): Set<ItemField> {
  const fields = new Set<ItemField>();
  const note = (...names: (ItemField | 'amount')[]): void =>
    names.forEach((name) => name !== 'amount' && fields.add(name));
  for (const rule of rules) {
    if ('keys' in rule) rule.keys.forEach(({ left, right }) => note(left, right));
    if ('fuzzy' in rule) rule.fuzzy.forEach(({ left, right }) => note(left, right));
    if ('agree' in rule) rule.agree.forEach(({ left, right }) => note(left, right));
    const conditions = !('when' in rule)
      ? []
      : 'left' in rule.when
        ? [...rule.when.left, ...rule.when.right]
        : rule.when;
    (conditions as readonly { field: ItemField | 'amount' }[]).forEach(({ field }) => note(field));
  }
  return fields;
}
