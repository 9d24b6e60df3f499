import type { Block, Item } from './item.ts';
import { COMPANY_STEPS, REFERENCE_STEPS } from './normalise.ts';
import { parseRuleSet } from './parse-rule-set.ts';
import type { RuleSet, Sign } from './rule-set.ts';
import { negated } from './units.ts';

/*
 * For two exports that nobody wrote rules for. Matched is what a reference proves; what only an amount, a day and a name speak
 * for is suggested. Blocks are not used: two exports seldom write a company or a counterparty the same way.
 */

const REFERENCE = { field: 'reference', normalise: REFERENCE_STEPS, minLength: 3 };
/** INV-1001, but not RENT or 2026-06, which may be anybody's. */
const DISTINCTIVE = { ...REFERENCE, distinctive: true };
const COMPANY = { field: 'counterparty', normalise: COMPANY_STEPS, minLength: 3 };
const SIMILAR_COMPANY = { field: 'counterparty', normalise: COMPANY_STEPS, by: 'words', atLeast: 0.85 };
/** Beside a reference a name only must not speak against it. */
const NO_OTHER_COMPANY = { ...SIMILAR_COMPANY, by: 'edit', atLeast: 0.9, missing: 'pass' };
/** Terms of payment and a month more. A reference that comes back later than that is another matter. */
const TERMS = { from: -120, to: 120 };
const SAME_DAYS = { from: -10, to: 10 };

/** Where the one side's reference may stand in the other side's item. */
const MENTIONS = [
  { suffix: 'text-right', key: { left: 'reference', right: 'text', how: 'left-in-right' } },
  { suffix: 'text-left', key: { left: 'text', right: 'reference', how: 'right-in-left' } },
  { suffix: 'reference-right', key: { field: 'reference', how: 'left-in-right' } },
  { suffix: 'reference-left', key: { field: 'reference', how: 'right-in-left' } },
].map(({ suffix, key }) => ({ suffix, key: { ...key, minLength: 5, distinctive: true } }));

const pairsByReference = [
  { name: 'same-reference', keys: [{ field: 'reference', distinctive: true }] },
  { name: 'same-reference-same-days', keys: [{ field: 'reference', distinctive: true }], date: SAME_DAYS },
  { name: 'reference-written-otherwise', keys: [DISTINCTIVE] },
  ...MENTIONS.map(({ suffix, key }) => ({ name: `mentioned-in-${suffix}`, keys: [key] })),
  { name: 'same-words-same-company', keys: [REFERENCE], fuzzy: [NO_OTHER_COMPANY] },
  { name: 'same-words-same-company-same-days', keys: [REFERENCE], fuzzy: [NO_OTHER_COMPANY], date: SAME_DAYS },
].map((rule) => ({ kind: 'match', outcome: 'matched', date: TERMS, onAmbiguity: 'pass', ...rule }));

const groupsByReference = [
  { name: 'group-by-reference', keys: [DISTINCTIVE] },
  { name: 'group-by-words-same-company', keys: [REFERENCE], fuzzy: [NO_OTHER_COMPANY] },
  ...MENTIONS.map(({ suffix, key }) => ({ name: `group-mentioned-in-${suffix}`, keys: [key] })),
].map((rule) => ({ kind: 'match', cardinality: 'N:M', group: 'keys', outcome: 'matched', date: TERMS, ...rule }));

const suggestions = [
  { name: 'same-reference-any-day', keys: [REFERENCE] },
  { name: 'same-reference-rounded', keys: [REFERENCE], date: TERMS, amount: { minorUnits: 1 } },
  {
    name: 'reference-misspelt',
    fuzzy: [{ field: 'reference', normalise: REFERENCE_STEPS, by: 'edit', atLeast: 0.8 }, SIMILAR_COMPANY],
    date: { from: -30, to: 30 },
  },
  { name: 'same-company-amount-days', fuzzy: [SIMILAR_COMPANY], date: { from: -5, to: 5 } },
  ...(['left', 'right'] as const).map((side) => ({
    name: `same-amount-days-no-company-${side}`,
    date: { from: -3, to: 3 },
    when: { [side]: [{ field: 'counterparty', present: false }] },
  })),
  ...(['1:N', 'N:1'] as const).map((cardinality) => ({
    name: `sum-of-${cardinality === '1:N' ? 'right' : 'left'}-items`,
    keys: [COMPANY],
    date: { from: -45, to: 45 },
    cardinality,
    group: 'search',
    search: { maxCandidates: 40, maxSize: 6 },
  })),
].map((rule) => ({ kind: 'match', outcome: 'suggested', ...rule }));

const REVERSAL_DAYS = 10;
const reversals = [
  { name: 'reversal-same-reference', keys: [REFERENCE] },
  {
    name: 'reversal-mentions-original',
    keys: [{ left: 'reference', right: 'text', how: 'left-in-right', minLength: 5 }],
  },
].map((rule) => ({ kind: 'reversal', withinDays: REVERSAL_DAYS, ...rule }));

const FEES = ['bank fee', 'bank fees', 'bank charge', 'bank charges', 'account fee', 'transfer fee', 'wire fee'];
const oneSided = [
  {
    kind: 'explain',
    name: 'bank-fees',
    type: 'fee',
    when: [
      {
        field: 'text',
        contains: [...FEES, 'transaction fee', 'processing fee', 'Bankgebühr', 'Kontoführung', 'Kontoführungsgebühr'],
      },
      { field: 'amount', min: '-100', max: '100' },
    ],
  },
  { kind: 'timing', name: 'near-the-end', days: 5 },
];

/** @param sign `opposite` when one export signs amounts the other way round: see `detectSign`. */
export function defaultRules(sign: Sign = 'same'): RuleSet {
  const twoSided = [...pairsByReference, ...groupsByReference, ...reversals, ...suggestions];
  return parseRuleSet({
    name: sign === 'same' ? 'two-exports' : 'two-exports-opposite',
    description: 'For two exports that nobody wrote rules for.',
    rules: [...twoSided.map((rule) => ({ sign, ...rule })), ...oneSided],
  });
}

export const DEFAULT_RULES: RuleSet = defaultRules('same');

/** Whether the amounts of items with the same reference, one a side, are more often opposite than equal. */
export function detectSign({ left, right }: Block): Sign {
  const [lefts, rights] = [byReference(left), byReference(right)];
  let balance = 0;
  for (const [reference, item] of lefts) {
    const other = item === null ? null : (rights.get(reference) ?? null);
    if (item === null || other === null || item.amount === '0' || item.currency !== other.currency) continue;
    if (item.amount === other.amount) balance += 1;
    else if (item.amount === negated(other.amount)) balance -= 1;
  }
  return balance < 0 ? 'opposite' : 'same';
}

/** Null for a reference that several items have. */
function byReference(items: readonly Item[]): Map<string, Item | null> {
  const known = new Map<string, Item | null>();
  for (const item of items) {
    if (item.reference !== null) known.set(item.reference, known.has(item.reference) ? null : item);
  }
  return known;
}

/** The latest date of both sides: what a comparison without a stated day is made for. Null when no item has one. */
export function latestDate({ left, right }: Block): string | null {
  let latest: string | null = null;
  for (const items of [left, right]) {
    for (const { date } of items) if (date !== null && (latest === null || date > latest)) latest = date;
  }
  return latest;
}
