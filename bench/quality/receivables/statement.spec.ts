import { fromUnits } from '@tieout/canonical';
import { judge } from '@tieout/testing/reconciliation-truth';
import { expect, it } from 'vitest';
import { faultText } from '../fault-text.ts';
import { musts } from '../musts.ts';
import { parseInvoices, type Invoice } from './invoices.ts';
import { measureReceivables, RECEIVABLES_SUBJECTS } from './measure.ts';
import { deriveStatement } from './statement.ts';
import { waysToSum } from './sums.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`statement of seed ${seed}`);
const invoices = madeUp(300);

it.each(RECEIVABLES_SUBJECTS)(
  '$name rules match nothing false and find every gap of a derived statement',
  (subject) => {
    const { tally } = measureReceivables(subject, invoices, [seed]);
    expect(tally.faults.map(faultText)).toEqual([]);
    expect(musts(tally)[1]?.of).toBeGreaterThan(0);
  },
);

it('says of every invoice and line what is true', () => {
  const { scene } = deriveStatement(invoices, seed);
  expect(scene.left.map(({ id }) => id).toSorted()).toEqual(invoices.map(({ number }) => number).toSorted());
  expect(new Set(scene.right.map(({ id }) => id)).size).toBe(scene.right.length);
  const said = scene.cases.flatMap(({ answers: [wanted = []] }) =>
    wanted.map(({ outcomes: [outcome = 'break'], left, right }) => ({ outcome, left, right })),
  );
  expect(judge(scene, said).faults).toEqual([]);
});

it('derives the same statement of the same seed', () => {
  expect(deriveStatement(invoices, 7)).toEqual(deriveStatement(invoices, 7));
  expect(deriveStatement(invoices, 7)).not.toEqual(deriveStatement(invoices, 8));
});

it('reads invoices', () => {
  const text =
    'countryCode,customerID,invoiceNumber,InvoiceDate,InvoiceAmount,SettledDate\n391,0379-NEVHP,0000611365,1/2/2013,55.90,1/15/2013\n';
  expect(parseInvoices(text)).toEqual([
    {
      number: '0000611365',
      customer: '0379-NEVHP',
      country: '391',
      amount: '55.9',
      issued: '2013-01-02',
      settled: '2013-01-15',
    },
  ]);
});

it.each([
  ['countryCode,customerID\n', /no column invoiceNumber/],
  [
    'countryCode,customerID,invoiceNumber,InvoiceDate,InvoiceAmount,SettledDate\n1,2,3,2013-01-02,1,1/2/2013',
    /line 2: .*M\/D\/YYYY/,
  ],
  ['countryCode,customerID,invoiceNumber,InvoiceDate,InvoiceAmount,SettledDate\n1,2,3,1/2/2013,x,1/2/2013', /line 2: /],
  [
    'countryCode,customerID,invoiceNumber,InvoiceDate,InvoiceAmount,SettledDate\n1,2,3,1/2/2013,1.005,1/2/2013',
    /line 2: .*3 decimals/,
  ],
])('refuses a file of invoices that is not one: %j', (text, reason) => {
  expect(() => parseInvoices(text)).toThrow(reason);
});

it.each([
  [[3, 5, 8], 8, 2],
  [[3, 5, 8], 16, 1],
  [[3, 5, 8], 7, 0],
  [[1, 1, 1, 1, 1], 5, 0],
])('counts the ways in which up to four of %j make %i', (amounts, total, ways) => {
  expect(waysToSum(amounts.map(BigInt), BigInt(total))).toBe(ways);
});

/** Invoices as a real ledger has them: few customers, small amounts, paid within weeks. */
function madeUp(count: number): Invoice[] {
  return Array.from({ length: count }, (_, n) => {
    const issued = new Date(Date.UTC(2024, 0, 1 + ((n * 37) % 500))).toISOString().slice(0, 10);
    const settled = new Date(Date.parse(issued) + ((n * 13) % 60) * 86_400_000).toISOString().slice(0, 10);
    return {
      number: String((n * 7_654_321 + 123_456_789) % 9_999_999_967).padStart(10, '0'),
      customer: `${1000 + (n % 20) * 37}-C${String.fromCharCode(65 + (n % 20))}XY`,
      country: String(390 + (n % 2)),
      amount: fromUnits(BigInt(2_000 + ((n * 7919) % 11_003)), 2),
      issued,
      settled,
    };
  });
}
