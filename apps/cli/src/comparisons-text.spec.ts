import { describe, expect, it } from 'vitest';
import { comparisonsText, comparisonText, groupsText } from './comparisons-text.ts';
import type { ComparisonView } from './comparisons-text.ts';
import { statementsText, statementText } from './statements-text.ts';

const NOW = new Date('2026-02-01T12:00:00.000Z');
const nothing = { groups: 0, items: 0, sides: {} };
const result = {
  ...{ items: 4, autoMatchRate: 0.5, matchRate: 0.75 },
  outcomes: {
    matched: {
      ...{ groups: 1, items: 2 },
      sides: { payment: { items: 1, amounts: { USD: '5' } }, line: { items: 1, amounts: { USD: '5', EUR: '1' } } },
    },
    break: {
      groups: 2,
      items: 2,
      sides: { payment: { items: 2, amounts: { USD: '9' } }, line: { items: 0, amounts: {} } },
    },
    timing: nothing,
  },
};
const comparison: ComparisonView = {
  ...{
    name: 'payments-bank',
    description: 'payments = lines',
    owner: 'treasury',
    state: 'incomplete',
    asOf: '2026-01-31',
  },
  reasons: ['line (file:*): days are missing'],
  sides: [],
  rules: { name: 'payments-bank', version: 3 },
  result,
  lastRun: {
    ...{
      runId: 'r1',
      status: 'incomplete',
      trigger: 'statement',
      asOf: null,
      reasons: ['days are missing'],
      changedBlocks: 2,
    },
    completeness: [
      {
        side: 'line',
        source: 'file:*',
        complete: false,
        reason: 'days are missing',
        items: 3,
        freshness: '2026-01-31',
      },
    ],
    ...{ requestedAt: '2026-02-01T11:00:00.000Z', endedAt: '2026-02-01T11:00:01.000Z', result },
  },
};

describe('comparisons on the terminal', () => {
  it('say their state and why', () => {
    const text = comparisonsText([comparison], NOW);
    expect(text).toMatch(
      /payments-bank +incomplete +4 +75.00 % +2 +incomplete, 60 min ago +line \(file:\*\): days are missing/,
    );
    expect(comparisonsText([], NOW)).toBe('No comparison.');
  });

  it('say what each side has of each outcome, and whether it was complete', () => {
    const text = comparisonText(comparison, NOW);
    expect(text).toMatch(/^matched +1 +payment +1 +5 USD$/m);
    expect(text).toMatch(/^ +line +1 +5 USD, 1 EUR$/m);
    expect(text).toMatch(/^break +2 +payment +2 +9 USD$/m);
    expect(text).toMatch(/^line +file:\* +INCOMPLETE +3 +2026-01-31 +days are missing$/m);
    expect(text).toContain('version 3');
  });

  it('show groups with their items, and where the next page is', () => {
    const part = {
      ...{ sides: ['payment', 'line'] as const, rule: 'reference', type: 'amount', difference: '-1', currency: 'USD' },
      ...{ confidence: 1, expectedClearing: null, evidence: { key: 'PAY1' }, breakId: 'b1' },
      left: [{ id: 'p1', amount: '5', currency: 'USD', date: '2026-01-02', reference: 'PAY1', counterparty: null }],
      right: [{ id: 'l1' }],
    };
    expect(groupsText([{ outcome: 'break', parts: [part] }], 'next').split('\n')).toEqual([
      'break: amount, by reference, difference -1 USD, key PAY1, break b1',
      '  payment  5  USD  2026-01-02  PAY1  -  p1',
      '  line  -    -  -  -  l1',
      '',
      'More: --cursor next',
    ]);
    expect(groupsText([], null)).toBe('No such group.');
  });
});

describe('statements on the terminal', () => {
  const statement = {
    ...{
      statementId: 's1',
      account: 'main',
      format: 'csv',
      status: 'withdrawn',
      putBy: 'mara',
      putAt: '2026-02-01T11:00:00.000Z',
    },
    ...{ endedBy: 'ben', endedAt: '2026-02-01T11:30:00.000Z', endReason: 'wrong year' },
    problems: [{ at: 'line 7', reason: '"x" is no amount' }],
    parts: [
      {
        ...{ account: 'DE1', statementId: '1', from: '2026-01-01', to: '2026-01-31', currency: 'EUR', lineCount: 2 },
        ...{ opening: '0', closing: '9', moved: '9' },
      },
    ],
  };

  it('are listed, and shown with balances, problems and who withdrew them', () => {
    expect(statementsText([statement], null, NOW)).toMatch(/main +withdrawn +csv +1 +mara +60 min ago +s1/);
    const text = statementText(statement, NOW);
    expect(text).toMatch(/Withdrawn +30 min ago by ben: wrong year/);
    expect(text).toMatch(/DE1 +1 +2026-01-01 +2026-01-31 +2 +0 +9 +9 +EUR/);
    expect(text).toContain('  line 7: "x" is no amount');
  });
});
