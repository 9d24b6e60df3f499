import { afterAll, describe, expect, it } from 'vitest';
import { csv, workbench } from './reconcile.fixture.ts';

const bench = workbench();
afterAll(() => bench[Symbol.dispose]());

const DAYS = { 30: ['0.00', '12.50'], 31: ['12.50', '42.50'] } as const;
const balance = (code: string, amount: string, day: number): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-${day}</Dt></Dt></Bal>`;
const entry = (amount: string, reference: string, day: number): string =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-${day}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>`;

/** The statement of a day of March 2026. */
function camt(day: number, [opening, closing]: readonly [string, string], ...entries: string[]): string {
  const days = `<FrToDt><FrDtTm>2026-03-${day}T00:00:00</FrDtTm><ToDtTm>2026-03-${day}T23:59:59</ToDtTm></FrToDt>`;
  const body = balance('OPBD', opening, day) + balance('CLBD', closing, day) + entries.join('');
  return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr/><Stmt><Id>S${day}</Id>${days}<Acct><Id><IBAN>DE02</IBAN></Id><Ccy>EUR</Ccy></Acct>${body}</Stmt></BkToCstmrStmt></Document>`;
}

const monday = bench.file('monday.xml', camt(30, DAYS[30], entry('12.50', 'INV-1', 30)));
const tuesday = bench.file('tuesday.xml', camt(31, DAYS[31], entry('30.00', 'INV-2', 31)));
const ledger = bench.file(
  'ledger.csv',
  csv('1,2026-03-30,12.50,EUR,INV-1,Acme,', '2,2026-03-31,30.00,EUR,INV-2,Acme,'),
);

describe('bank statements as a side', () => {
  it('of several days are one side', async () => {
    const { code, result } = await bench.runFiles({ left: [ledger], right: [tuesday, monday] });
    expect(result?.groups.map(({ outcome, left, right }) => [outcome, left, right])).toEqual([
      ['matched', ['1'], ['DE02/S30/1']],
      ['matched', ['2'], ['DE02/S31/1']],
    ]);
    expect(code).toBe(0);
  });

  const gap = bench.file('gap.xml', camt(31, ['40.00', '70.00'], entry('30.00', 'INV-2', 31)));
  const short = bench.file('short.xml', camt(31, ['12.50', '99.00'], entry('30.00', 'INV-2', 31)));
  it.each([
    [
      'a missing day',
      [monday, gap],
      /statement S31: it opens with 40 EUR, statement S30 \(2026-03-30\) closed with 12\.5/,
    ],
    [
      'a day twice',
      [monday, bench.file('again.xml', camt(30, DAYS[30], entry('12.50', 'INV-1', 30)))],
      /there is another statement with this id/,
    ],
    [
      'entries that do not add up',
      [monday, short],
      /opening 12\.5 and entries 30 make 42\.5 EUR, the closing balance is 99: entries for 56\.5/,
    ],
  ])('with %s are refused', async (_, right, message) => {
    const { code, stderr, result } = await bench.runFiles({ left: [ledger], right });
    expect({ code, result }).toEqual({ code: 2, result: null });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/--allow-incomplete/);
  });

  it('that are incomplete are compared when asked for, and the summary says so', async () => {
    const { result, stdout } = await bench.runFiles({ left: [ledger], right: [monday, gap], allowIncomplete: true });
    expect(result?.totals.right.items).toBe(2);
    expect(stdout).toMatch(/^! account DE02, statement S31: it opens with 40/m);
  });
});
