import { judge, POLICY } from '@tieout/testing/reconciliation-truth';
import { decideAll } from '../decide.ts';
import type { Measured } from '../measure.ts';
import { rulesOf, SUBJECTS, type Subject } from '../subjects.ts';
import { tallied } from '../tally.ts';
import type { Invoice } from './invoices.ts';
import { deriveStatement } from './statement.ts';

export const RECEIVABLES_RULES = new URL('receivables.rules.yaml', import.meta.url);

export const RECEIVABLES_SUBJECTS: readonly Subject[] = [
  {
    name: 'receivables',
    about: 'rules for invoices against a bank statement: `bench/quality/receivables/receivables.rules.yaml`',
    ruleSet: rulesOf(RECEIVABLES_RULES),
    policy: POLICY,
    without: [],
    isMirrored: false,
  },
  ...SUBJECTS.filter(({ name }) => name === 'default'),
];

export function measureReceivables(subject: Subject, invoices: readonly Invoice[], seeds: readonly number[]): Measured {
  const judged = seeds.map((seed) => {
    const { scene, asOf } = deriveStatement(invoices, seed);
    const groups = decideAll(scene, subject.ruleSet, { asOf, rates: [] });
    return {
      scene: `statement of seed ${seed}`,
      items: scene.left.length + scene.right.length,
      verdict: judge(scene, groups),
    };
  });
  return { what: 'invoices', subject, tally: tallied(judged) };
}
