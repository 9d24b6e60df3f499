import { parseRuleSet } from '@tieout/matching';
import { describe, expect, it } from 'vitest';
import { documentOf, share } from './document.ts';
import { measure } from './measure.ts';
import { musts } from './musts.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

/** Believes every reference and looks at nothing else. */
const CARELESS = parseRuleSet({
  name: 'careless',
  rules: [{ kind: 'match', name: 'reference', outcome: 'matched', keys: ['reference'], amount: { percent: '100' } }],
});

describe('a share', () => {
  it.each([
    [1999, 2000, '99.9 %'],
    [2000, 2000, '100 %'],
    [1, 5000, '0.1 %'],
    [0, 5000, '0 %'],
    [1, 3, '33.3 %'],
    [0, 0, '-'],
  ])('of %i in %i is %s', (part, whole, text) => {
    expect(share(part, whole)).toBe(text);
  });
});

describe('the page', () => {
  const subject = SUBJECTS[0] as Subject;
  const careless = { ...subject, ruleSet: CARELESS };

  it('shows what must not be', () => {
    const measured = measure(careless, [1], 100);
    const page = documentOf({ command: 'the command', worlds: [measured], receivables: [] });
    expect(musts(measured.tally)[0]?.faults).toBeGreaterThan(0);
    expect(page).toMatch(/\| worlds, agreed \| false groups among matched \| \*\*\d+\*\* \|/);
    expect(page).toContain('Not measured');
  });

  it('is the same again', () => {
    const page = (): string =>
      documentOf({ command: 'the command', worlds: [measure(subject, [1], 100)], receivables: [] });
    expect(page()).toBe(page());
  });
});
