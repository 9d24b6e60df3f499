import { describe, expect, it } from 'vitest';
import { parseReceivables } from './receivables.ts';

const HEADER = 'countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate';
const GOOD = '391,C-1,1001,1/2/2013,2/1/2013,55.94,No,1/15/2013';
const parse = (rows: string[], currency = 'USD', header = HEADER) =>
  parseReceivables([header, ...rows].join('\n'), currency);

describe('a receivables file', () => {
  it('gives one receivable per row', () => {
    expect(parse([GOOD])).toEqual({
      rejected: [],
      rows: [
        {
          line: 2,
          country: '391',
          customer: 'C-1',
          customerName: 'Customer C-1',
          invoice: '1001',
          invoiceDate: '2013-01-02',
          dueDate: '2013-02-01',
          amount: '55.94',
          disputed: false,
          settledDate: '2013-01-15',
        },
      ],
    });
  });

  it('has its columns in any order, further ones, a byte order mark, CRLF, quotes and blank lines', () => {
    const text =
      '\uFEFFSettledDate,Disputed,InvoiceAmount,InvoiceNumber,DaysLate,customerName,customerID,countryCode,InvoiceDate,DueDate\r\n\r\n,Yes,1,7,3,"Stahl, Söhne",C-2,770,12/31/2013,\r\n';
    expect(parseReceivables(text, 'USD')).toMatchObject({
      rejected: [],
      rows: [{ line: 3, customerName: 'Stahl, Söhne', disputed: true, settledDate: null, dueDate: null, amount: '1' }],
    });
  });

  it.each([
    ['too few fields', '391,C-1,1002', 'the row has 3 fields, the header has 8'],
    ['an empty mandatory field', '391,,1002,1/2/2013,2/1/2013,1,No,', 'customerID is empty'],
    ['a day that does not exist', '391,C-1,1002,2/30/2013,,1,No,', 'InvoiceDate "2/30/2013" is not a date M/D/YYYY'],
    ['a bad settlement date', '391,C-1,1002,1/2/2013,,1,No,soon', 'SettledDate "soon" is not a date M/D/YYYY'],
    [
      'a settlement after 2099',
      '391,C-1,1002,1/2/2013,,1,No,1/1/2100',
      'SettledDate "1/1/2100" is outside 2000 to 2099',
    ],
    ['an invoice before 2000', '391,C-1,1002,12/31/1999,,1,No,', 'InvoiceDate "12/31/1999" is outside 2000 to 2099'],
    ['a customer id in another case', '391,c-1,1002,1/2/2013,,1,No,', 'customerID c-1 is also written C-1 in line 2'],
    [
      'an amount of thirteen digits',
      '391,C-1,1002,1/2/2013,,1000000000000,No,',
      'InvoiceAmount "1000000000000" has more than 12 digits before the decimal point',
    ],
    ['a quote that is not closed', '391,"C-1,1002,1/2/2013,,1,No,', 'a quote is opened and not closed'],
    ['no amount', '391,C-1,1002,1/2/2013,,abc,No,', 'InvoiceAmount "abc" is not an amount'],
    ['an amount with an exponent', '391,C-1,1002,1/2/2013,,1e3,No,', 'InvoiceAmount "1e3" is not an amount'],
    ['a negative amount', '391,C-1,1002,1/2/2013,,-5.00,No,', 'InvoiceAmount "-5.00" is not greater than zero'],
    ['a zero amount', '391,C-1,1002,1/2/2013,,0.00,No,', 'InvoiceAmount "0.00" is not greater than zero'],
    [
      'more decimals than the currency has',
      '391,C-1,1002,1/2/2013,,1.005,No,',
      'InvoiceAmount: "1.005" has 3 decimals, at most 2 are allowed',
    ],
    [
      'a dispute that is neither yes nor no',
      '391,C-1,1002,1/2/2013,,1,maybe,',
      'Disputed "maybe" is neither Yes nor No',
    ],
    ['the same invoice twice', GOOD, 'invoiceNumber 1001 already stands in line 2, with the same content'],
    [
      'an invoice number used for something else',
      '391,C-1,1001,1/2/2013,,1,No,',
      'invoiceNumber 1001 already stands in line 2, with other content',
    ],
  ])('rejects a row with %s and keeps the rest', (_, row, reason) => {
    const { rows, rejected } = parse([GOOD, row, '406,C-9,2000,1/2/2013,,1,No,']);
    expect(rejected).toEqual([{ line: 3, reason }]);
    expect(rows.map(({ invoice }) => invoice)).toEqual(['1001', '2000']);
  });

  it('accepts the first and last day of the calendar, and an amount of twelve digits', () => {
    const { rows, rejected } = parse(['391,C-1,1,1/1/2000,,999999999999.99,No,12/31/2099']);
    expect(rejected).toEqual([]);
    expect(rows[0]).toMatchObject({ invoiceDate: '2000-01-01', settledDate: '2099-12-31', amount: '999999999999.99' });
  });

  it('rejects rows that use a customer id for a second name', () => {
    const { rows, rejected } = parse(
      ['391,C-1,1,1/2/2013,,1,No,,Ahorn', '391,C-1,2,1/2/2013,,1,No,,Birke', '391,C-1,3,1/2/2013,,1,No,,Ahorn'],
      'USD',
      `${HEADER},customerName`,
    );
    expect(rows.map(({ invoice }) => invoice)).toEqual(['1', '3']);
    expect(rejected).toEqual([{ line: 3, reason: 'customerID C-1 is "Ahorn" in line 2 and "Birke" here' }]);
  });

  it('allows no decimals in a currency without minor units', () => {
    expect(parse([GOOD], 'JPY').rejected[0]?.reason).toContain('at most 0');
  });

  it('is refused as a whole for an unknown currency, a missing column or no content', () => {
    expect(() => parse([GOOD], 'XQX')).toThrow('not an ISO 4217 currency');
    expect(() => parse([GOOD], 'USD', HEADER.replace('InvoiceAmount', 'Amount'))).toThrow(
      'missing in the header: InvoiceAmount',
    );
    expect(() => parseReceivables('', 'USD')).toThrow('empty');
  });
});
