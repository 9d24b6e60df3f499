import { describe, expect, it } from 'vitest';
import { backTestText, comparisonText, historyText, ruleSetsText, versionText } from './rules-text.ts';
import { backTestOf, historyOf, lostMatch, versionOf } from './rules.fixture.ts';

const NOW = new Date('2026-04-01T13:00:00.000Z');

describe('what a back-test says', () => {
  it('is counts, values, examples, and the matches of people first', () => {
    const lines = comparisonText(lostMatch(), 5).split('\n');
    const at = (start: string): string => lines.find((line) => line.trimStart().startsWith(start)) ?? '';
    expect(at('matched')).toMatch(/1200.00 EUR +- +1 +0$/);
    expect(at('LOST')).toMatch(/exact 1 +1200.00 EUR +1 +1 \+ 1$/);
    expect(at('NEW BREAKS')).toMatch(/missing-left 1, missing-right 1 +2400.00 EUR +2/);
    expect(at('Matches that people confirmed')).toContain('1 WOULD BE LOST');
    expect(at('break b-1')).toContain('a | n, by mara: same deal');
    expect(at('matches that are none any more')).toContain('1 of 1');
    expect(at('left')).toMatch(/a +2026-03-01 +INV-1 +Acme +1200.00 EUR/);
    expect(at('was')).toContain('matched [a | n] by exact, reference INV-1');
    expect(at('becomes')).toContain('break missing-right');
  });

  it('without examples is counts alone', () => {
    expect(comparisonText(lostMatch(), 0)).not.toContain('none any more, ');
  });

  it('names what was compared with what, and when nothing was', () => {
    const text = backTestText(backTestOf(), 1);
    expect(text).toContain('version 2 instead of version 1');
    expect(text).toContain('== payments-bank, items up to 2026-03-31: 1 of erp, 1 of bank');
    expect(backTestText(backTestOf({ results: [], baseline: null }), 1)).toMatch(/no rules[\s\S]*nothing was compared/);
    const empty = { ...backTestOf().results[0]!, left: 0, right: 0 };
    expect(backTestText(backTestOf({ results: [empty] }), 1)).toMatch(
      /0 of bank\n\nThere are no items: this says nothing\.$/,
    );
    expect(backTestText(backTestOf({ status: 'failed', problem: 'too large' }), 1)).toContain(': too large');
  });
});

describe('a rule set', () => {
  it('is listed with what is active and what waits', () => {
    const waiting = [versionOf(2, 'proposed'), versionOf(3, 'draft')];
    const active = { ...versionOf(1, 'active'), approved: { by: 'cleo', at: '2026-04-01T12:00:00.000Z', reason: '' } };
    const text = ruleSetsText([{ name: 'payments-bank', active, waiting, versions: 3 }], NOW);
    expect(text).toMatch(/payments-bank +1 +60 min ago by cleo +2 proposed, 3 draft +3$/);
    expect(ruleSetsText([], NOW)).toBe('There is no rule set.');
  });

  it('shows who did what, and loudly when that was tampered with', () => {
    expect(historyText(historyOf(), NOW)).toMatch(/version 2 +drafted +ann +wider[\s\S]*The audit chain is whole/);
    const broken = historyOf({ chainFault: { sequence: '2', problem: 'its content was changed' } });
    expect(historyText(broken, NOW)).toContain('THE AUDIT CHAIN IS BROKEN at entry 2');
  });

  it('is shown so that it can be edited: everything of ours is a comment', () => {
    const version = { ...versionOf(2, 'draft'), drafted: { by: 'ann', at: '-', reason: 'two\nlines' } };
    const text = versionText({ version, source: 'name: bank\nrules: []\n' });
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual(['name: bank', 'rules: []']);
  });
});
