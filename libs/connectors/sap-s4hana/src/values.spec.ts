import { InvalidValueError } from '@tieout/canonical';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseExact } from './exact-json.ts';
import { and, anyOf, date, decimal, eq, flag, ge, guid, instant, isNull, or, startsWith, time } from './literals.ts';
import { dateOf, decimalOf, edm, etagOf, instantOf, timeOf, toWire } from './values.ts';

it('a date is the day that it was in UTC, the open end of validity included', () => {
  expect(dateOf('/Date(1706659200000)/')).toBe('2024-01-31');
  expect(dateOf('/Date(-86400000)/')).toBe('1969-12-31');
  expect(dateOf('/Date(253402214400000)/')).toBe('9999-12-31');
});

it('the offset of an instant says where its clock stood and moves nothing', () => {
  expect(instantOf('/Date(1706695871123+0000)/')).toBe('2024-01-31T10:11:11.123Z');
  expect(instantOf('/Date(1706695871123+0120)/')).toBe('2024-01-31T10:11:11.123Z');
});

it.each(['2024-01-31', '/Date()/', '/Date(1706659200000', '', '/Date(12345678901234567890)/'])(
  '%j is no date of OData V2',
  (wire) => expect(() => dateOf(wire)).toThrow(InvalidValueError),
);

it('a time has two digits each, whichever parts are left out', () => {
  expect(['PT13H20M05S', 'PT7H', 'PT0S', 'PT5M', 'PT13H20M05.1234567S'].map(timeOf)).toEqual([
    '13:20:05',
    '07:00:00',
    '00:00:00',
    '00:05:00',
    '13:20:05',
  ]);
  expect(() => timeOf('13:20:05')).toThrow(InvalidValueError);
});

it('a decimal becomes canonical text with every digit', () => {
  expect(['1234567890123.450', '-0.00', '  12.5', '1E2'].map(decimalOf)).toEqual([
    '1234567890123.45',
    '0',
    '12.5',
    '100',
  ]);
  expect(() => decimalOf('12,5')).toThrow(InvalidValueError);
});

it('a number of the JSON is its source text, so that no digit is lost', () => {
  expect(parseExact('{"d":{"a":12345678901234567890.123,"b":[1e2,-0.10],"c":true,"e":null}}')).toEqual({
    d: { a: '12345678901234567890.123', b: ['1e2', '-0.10'], c: true, e: null },
  });
});

it('what goes out comes back the same', () => {
  expect(dateOf(toWire.date('2026-02-28'))).toBe('2026-02-28');
  expect(instantOf(toWire.instant('2026-02-28T23:59:59.999Z'))).toBe('2026-02-28T23:59:59.999Z');
  expect(timeOf(toWire.time('23:59:01'))).toBe('23:59:01');
});

it('a row is read by the types of its properties', () => {
  const row = z.object({
    SalesOrder: edm.text,
    PurchaseOrderByCustomer: edm.textOrNull,
    TotalNetAmount: edm.decimal,
    SalesOrderDate: edm.dateOrNull,
    LastChangeDateTime: edm.instantOrNull,
    CreationTime: edm.timeOrNull,
    IsBlocked: edm.flag,
    ExternalDocumentID: edm.textOrNull,
    to_Item: edm.many(z.object({ SalesOrderItem: edm.text })),
  });
  const wire = {
    SalesOrder: '17',
    PurchaseOrderByCustomer: '',
    TotalNetAmount: '100.500',
    SalesOrderDate: '/Date(1706659200000)/',
    LastChangeDateTime: null,
    CreationTime: 'PT1H2M3S',
    IsBlocked: false,
    to_Item: { results: [{ SalesOrderItem: '10' }] },
  };
  expect(row.parse(wire)).toEqual({
    SalesOrder: '17',
    PurchaseOrderByCustomer: null,
    TotalNetAmount: '100.5',
    SalesOrderDate: '2024-01-31',
    LastChangeDateTime: null,
    CreationTime: '01:02:03',
    IsBlocked: false,
    ExternalDocumentID: null,
    to_Item: [{ SalesOrderItem: '10' }],
  });
  const wrong = row.safeParse({ ...wire, TotalNetAmount: 'abc', to_Item: { __deferred: { uri: 'x' } } });
  expect(wrong.error?.issues.map(({ path }) => path.join('.'))).toEqual(['TotalNetAmount', 'to_Item.results']);
});

it('the etag stands in the metadata, or there is none', () => {
  expect(etagOf({ __metadata: { etag: `W/"datetimeoffset'2024'"` } })).toBe(`W/"datetimeoffset'2024'"`);
  expect(etagOf({ __metadata: {} })).toBeNull();
  expect(etagOf({})).toBeNull();
});

it('literals carry their type, and a quote cannot end a text', () => {
  expect(eq('Name', "O'Hara' or 1 eq 1 or 'x")).toBe("Name eq 'O''Hara'' or 1 eq 1 or ''x'");
  expect(ge('LastChangeDate', date('2026-01-31'))).toBe("LastChangeDate ge datetime'2026-01-31T00:00:00'");
  expect(ge('At', instant('2026-01-31T10:00:00.123Z'))).toBe("At ge datetimeoffset'2026-01-31T10:00:00.123Z'");
  expect(ge('LastChangeTime', time('09:30:00'))).toBe("LastChangeTime ge time'PT09H30M00S'");
  expect(eq('Amount', decimal('-1.5'))).toBe('Amount eq -1.5M');
  expect(eq('Id', guid('a-b'))).toBe("Id eq guid'a-b'");
  expect(eq('Blocked', flag(false))).toBe('Blocked eq false');
  expect(startsWith('Name', "A'")).toBe("startswith(Name,'A''') eq true");
});

it('conditions keep their order of precedence', () => {
  const either = or(eq('A', '1'), isNull('A'));
  expect(and(either, eq('B', '2'))).toBe("((A eq '1') or (A eq null)) and (B eq '2')");
  expect(anyOf('A', ['1'])).toBe("A eq '1'");
});
