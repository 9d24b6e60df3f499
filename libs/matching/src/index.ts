export { blockKeyOf, BlockOrderError, blocksOf, compareBlockKeys, matchStreams, type Items } from './blocks.ts';
export { decideBlock } from './decide-block.ts';
export { DEFAULT_RULES, defaultRules, detectSign, latestDate } from './default-rules.ts';
export { EXACT, exactGroup, exactKeyOf, exactKind, exactRuleOf, layoutOf, splitBlock } from './exact-pairs.ts';
export type { ExactKind, ExactPair, ExactRule, SplitBlock } from './exact-pairs.ts';
export { OUTCOMES, type Group, type Outcome } from './group.ts';
export type { Block, ExchangeRate, Item, MatchContext } from './item.ts';
export { COMPANY_STEPS, normalise, NORMALISE_STEPS, REFERENCE_STEPS, words, type NormaliseStep } from './normalise.ts';
export { parseRuleSet, RuleSetError } from './parse-rule-set.ts';
export type { RuleProblem } from './rule-set-sense.ts';
export { BLOCK_FIELDS, ITEM_FIELDS } from './rule-set.ts';
export type {
  BlockField,
  Condition,
  DateWindow,
  ExplainRule,
  Fuzzy,
  FxRule,
  ItemField,
  Key,
  MatchRule,
  OnAmbiguity,
  ReversalRule,
  Rule,
  RuleKind,
  RuleSet,
  SearchBounds,
  Sign,
  TimingRule,
  Tolerance,
} from './rule-set.ts';
export {
  SIMILARITIES,
  editSimilarity,
  isMentioned,
  jaroWinkler,
  similarity,
  wordSimilarity,
  type Similarity,
} from './similarity.ts';
export type { SumBounds } from './split-search.ts';
export { findBalancedSubsets, findSubsets, isUnique, SUBSET_LIMITS } from './subset-search.ts';
export type { Subset, SubsetLimits, SubsetSearch, TwoSided } from './subset-search.ts';
export {
  countTotals,
  totalsOf,
  type OutcomeTotals,
  type SideTotals,
  type Totals,
  type TotalsCounter,
} from './totals.ts';
export { createBackTest, type ComparedRules, type RunningBackTest } from './back-test/back-test.ts';
export { compareResults, createComparison } from './back-test/compare-results.ts';
export type { ComparisonOptions, RunningComparison } from './back-test/compare-results.ts';
export type {
  ChangeTally,
  ConfirmedComparison,
  ConfirmedFate,
  ConfirmedMatch,
  Example,
  ExampleItem,
  Move,
  ResultComparison,
  Tally,
} from './back-test/result-comparison.ts';
