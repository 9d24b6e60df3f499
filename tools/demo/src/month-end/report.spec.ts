import { describe, expect, it } from 'vitest';
import { monthEndReportShape, type MonthEndReport } from './report-shape.ts';
import { reportText } from './report.ts';

const figure = {
  country: 'US',
  month: '2026-08',
  currency: 'USD',
  invoices: 2,
  invoiced: '10.50',
  paid: '4.25',
  open: '6.25',
};
const lost = {
  check: 'cells-topic-planning',
  kind: 'invoiced',
  object: 'US|2026-08|USD',
  expected: '10.5',
  actual: '0',
};
const report: MonthEndReport = {
  scenario: 'month-end',
  seed: 1,
  customers: 24,
  monthEnd: '2026-09-30',
  tiedOut: true,
  flow: [
    { topic: 'finance.invoice.v1', records: 5, keys: 2, expectedKeys: 2 },
    { topic: 'finance.dead-letter.v1', records: 0, keys: 0, expectedKeys: null },
  ],
  systems: [{ system: 'NetSuite', object: 'invoices', count: 2, amounts: { USD: '10.50' } }],
  stations: { expected: [figure], erp: [figure], topic: [figure], planning: [{ ...figure, invoiced: '0.00' }] },
  planted: [
    { plant: 'lost-cell', kind: 'lost', system: 'Anaplan', done: 'a cell was lost', expected: [lost], found: true },
  ],
  breaks: [{ ...lost, plant: 'lost-cell' }],
  unexpected: [],
  missing: [],
};
const unknown = (): null => null;
const folded = (text: string): string[] => text.split('\n').map((line) => line.trim().replaceAll(/ +/g, ' '));

describe('the report of a month-end', () => {
  it('is what its shape says', () => {
    expect(monthEndReportShape.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('shows what flowed, what each system holds, and each plant with the breaks that it caused', () => {
    const lines = folded(reportText(report, unknown));
    expect(lines).toContain('finance.invoice.v1 5 2 2');
    expect(lines.join()).not.toContain('dead-letter');
    expect(lines).toContain('NetSuite invoices 2 10.50');
    expect(lines).toContain('US 2026-08 USD 2 10.50 4.25 6.25 planning: 2, 0.00, 4.25, 6.25');
    expect(lines).toContain('found lost-cell (Anaplan): a cell was lost');
    expect(lines).toContain('cells-topic-planning invoiced US|2026-08|USD: expected 10.5, found 0');
    expect(lines.at(-1)).toBe(
      'The month-end ties out: 1 discrepancies were planted, exactly their 1 breaks were found.',
    );
  });

  it('calls things what the scenario calls them, where it knows', () => {
    const describe = (id: string): string | null => (id === lost.object ? 'cell of the US' : null);
    expect(reportText(report, describe)).toContain(
      'cells-topic-planning invoiced cell of the US: expected 10.5, found 0',
    );
  });

  it('says so when something was missed or is more than was planted', () => {
    const missed = {
      ...report,
      tiedOut: false,
      planted: [{ ...report.planted[0]!, found: false }],
      missing: [{ ...lost, plant: 'lost-cell' }],
      unexpected: [{ ...lost, actual: '1' }],
    };
    const text = reportText(missed, unknown);
    expect(text).toContain('MISSED  lost-cell');
    expect(text).toContain(
      'Breaks that nothing planted explains\ncells-topic-planning invoiced US|2026-08|USD: expected 10.5, found 1',
    );
    expect(text).toContain('lost-cell: cells-topic-planning invoiced US|2026-08|USD: expected 10.5, found 0');
    expect(text).toMatch(/does not tie out/);
  });

  it('says so when nothing was planted and nothing is wrong', () => {
    expect(reportText({ ...report, planted: [], breaks: [] }, unknown)).toMatch(
      /ties out: every system tells the same story, no break\.$/,
    );
  });
});
