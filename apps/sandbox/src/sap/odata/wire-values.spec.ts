import { describe, expect, it } from 'vitest';
import { keyLiteral } from './literals.ts';
import type { EdmType, Property } from './model.ts';
import { etagOf, fromWire, sameEtag, toWire, wireJson, type Raw } from './wire-values.ts';

const of = (type: EdmType, more: Partial<Property> = {}): Property => ({ name: 'X', type, writable: 'both', ...more });
const amount = of('Edm.Decimal', { precision: 16, scale: 3 });

describe('a value on the wire', () => {
  it.each<[EdmType, Raw, unknown]>([
    ['Edm.String', null, ''],
    ['Edm.Decimal', '9007199254740993.001', '9007199254740993.001'],
    ['Edm.Decimal', null, null],
    ['Edm.DateTime', '9999-12-31T00:00:00', '/Date(253402214400000)/'],
    ['Edm.DateTime', '2024-01-31', '/Date(1706659200000)/'],
    ['Edm.DateTimeOffset', '2024-01-31T00:00:00.123456Z', '/Date(1706659200123+0000)/'],
    ['Edm.Time', '13:20:05', 'PT13H20M05S'],
    ['Edm.Int32', '7', 7],
    ['Edm.Boolean', false, false],
  ])('%s %s', (type, raw, expected) => {
    expect(toWire(of(type), raw)).toBe(expected);
  });

  it('escapes the slashes of dates, as the vendor does', () => {
    expect(wireJson({ a: '/Date(1)/', b: '/Date(1+0000)/', c: '/x/' })).toBe(
      String.raw`{"a":"\/Date(1)\/","b":"\/Date(1+0000)\/","c":"/x/"}`,
    );
  });
});

describe('a value of a body', () => {
  it.each<[Property, unknown, unknown]>([
    [amount, '10.50', '10.5'],
    [amount, '-0.000', '0'],
    [amount, '9999999999999.999', '9999999999999.999'],
    [amount, null, null],
    [of('Edm.DateTime'), '/Date(1706659200000)/', '2024-01-31'],
    [of('Edm.DateTime'), '/Date(1706659200000+0000)/', '2024-01-31'],
    [of('Edm.DateTime'), '2024-01-31T23:59:59', '2024-01-31'],
    [of('Edm.DateTimeOffset'), '/Date(1706659200123+0060)/', '2024-01-31T00:00:00.123Z'],
    [of('Edm.DateTimeOffset'), '2024-01-31T00:00:00Z', '2024-01-31T00:00:00.000Z'],
    [of('Edm.Time'), 'PT13H20M05S', '13:20:05'],
    [of('Edm.Guid'), '6F9619FF-8B86-D011-B42D-00CF4FC964FF', '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
    [of('Edm.String', { maxLength: 2 }), '😀😀', '😀😀'],
    [of('Edm.Int32'), -2147483647, -2147483647],
    [of('Edm.Boolean'), true, true],
  ])('%j takes %j', (property, value, expected) => {
    expect(fromWire(property, value)).toBe(expected);
  });

  it.each<[Property, unknown]>([
    [amount, 10.5],
    [amount, '1.2345'],
    [amount, '10000000000000'],
    [amount, '1e3'],
    [amount, ' 1'],
    [amount, ''],
    [of('Edm.DateTime'), '2024-01-31'],
    [of('Edm.DateTime'), '2024-02-30T00:00:00'],
    [of('Edm.DateTime'), '/Date(999999999999999)/'],
    [of('Edm.DateTimeOffset'), '2024-01-31T00:00:00'],
    [of('Edm.Time'), '13:20:05'],
    [of('Edm.Time'), 'PT24H'],
    [of('Edm.Guid'), 'x'],
    [of('Edm.String', { maxLength: 2 }), 'abc'],
    [of('Edm.String'), 'a\0'],
    [of('Edm.String'), 5],
    [of('Edm.Int32'), '5'],
    [of('Edm.Int32'), 1.5],
    [of('Edm.Int32'), 2147483648],
    [of('Edm.Boolean'), 'true'],
  ])('%j does not take %j', (property, value) => {
    expect(fromWire(property, value)).toBeUndefined();
  });
});

describe('an ETag', () => {
  it('is weak, escaped, and has seven digits of a second', () => {
    expect(etagOf(of('Edm.DateTimeOffset'), '2024-01-31T10:11:12.123456Z')).toBe(
      `W/"datetimeoffset'2024-01-31T10%3A11%3A12.1234560Z'"`,
    );
    expect(etagOf(of('Edm.String'), 'AB12')).toBe(`W/"'AB12'"`);
  });

  it('is named escaped or not, in a list, or by a star', () => {
    const etag = `W/"datetimeoffset'2024-01-31T10%3A11%3A12.1234560Z'"`;
    for (const given of [etag, etag.replaceAll('%3A', ':'), `W/"'x'", ${etag}`, '*'])
      expect(sameEtag(given, etag)).toBe(true);
    expect(sameEtag(etag.replace('1234560', '1234570'), etag)).toBe(false);
  });
});

it.each<[EdmType, string, string]>([
  ['Edm.String', "a'b/c", "'a''b%2Fc'"],
  ['Edm.DateTime', '9999-12-31T00:00:00', "datetime'9999-12-31T00%3A00%3A00'"],
  ['Edm.Guid', '6f9619ff-8b86-d011-b42d-00cf4fc964ff', "guid'6f9619ff-8b86-d011-b42d-00cf4fc964ff'"],
  ['Edm.Int32', '5', '5'],
])('writes a key of %s', (type, text, expected) => {
  expect(keyLiteral(type, text)).toBe(expected);
});
