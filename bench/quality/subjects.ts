import { DEFAULT_RULES, defaultRules, parseRuleSet, type RuleSet } from '@tieout/matching';
import { POLICY, type Kind, type Policy } from '@tieout/testing/reconciliation-truth';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Subject {
  readonly name: string;
  readonly about: string;
  readonly ruleSet: RuleSet;
  /** What the rules were made for, and the truth is made by. */
  readonly policy: Policy;
  /** Kinds of what this policy has nothing about. */
  readonly without: readonly Kind[];
  /** The right side signs amounts the other way round. */
  readonly isMirrored: boolean;
}

export const AGREED_RULES = new URL('agreed.rules.yaml', import.meta.url);

/**
 * A reference proves within terms of payment, amounts agree but for rounding, nothing is exchanged, and two exports may name the
 * same company of ours in two ways.
 */
const NOTHING_AGREED: Pick<Subject, 'policy' | 'without'> = {
  policy: { ...POLICY, absolute: {}, percentPpm: 0, daysBefore: 120, daysAfter: 120, timingDays: 5 },
  without: ['amount-percent-inside', 'amount-percent-outside', 'fx-inside', 'wrong-entity'],
};

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'agreed',
    about: 'rules that state what the two parties have agreed on: `bench/quality/agreed.rules.yaml`',
    ruleSet: rulesOf(AGREED_RULES),
    policy: POLICY,
    without: [],
    isMirrored: false,
  },
  {
    name: 'default',
    about: 'what the file mode uses when it is given no rules',
    ruleSet: DEFAULT_RULES,
    ...NOTHING_AGREED,
    isMirrored: false,
  },
  {
    name: 'default, opposite signs',
    about: 'the same where one side states as minus what the other states as plus',
    ruleSet: defaultRules('opposite'),
    ...NOTHING_AGREED,
    isMirrored: true,
  },
];

export function rulesOf(file: URL): RuleSet {
  return parseRuleSet(parse(readFileSync(file, 'utf8')));
}
