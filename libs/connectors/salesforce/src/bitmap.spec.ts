import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf, type EventField } from './bitmap.ts';

const plain = (name: string): EventField => ({ name, parts: [] });
const address = ['Street', 'City', 'State', 'PostalCode', 'Country', 'StateCode', 'CountryCode', 'Latitude'];
const account: EventField[] = [
  plain('ChangeEventHeader'),
  { name: 'Name', parts: ['Salutation', 'FirstName', 'LastName'] },
  plain('Type'),
  plain('ParentId'),
  { name: 'BillingAddress', parts: address },
  { name: 'ShippingAddress', parts: address },
  ...Array.from({ length: 80 }, (_, n) => plain(`Field${n}`)),
];

/** The other direction, written from the format's description and from nothing of the decoder. */
function encode(changed: ReadonlySet<string>, fields: readonly EventField[]): string[] {
  const word = (names: readonly string[], isSet: (name: string) => boolean): string | null => {
    let bits = 0n;
    names.forEach((name, index) => (isSet(name) ? (bits |= 1n << BigInt(index)) : undefined));
    return bits === 0n ? null : `0x${bits.toString(16).toUpperCase()}`;
  };
  const top = word(
    fields.map(({ name }) => name),
    (name) => changed.has(name),
  );
  const nested = fields.flatMap(({ name, parts }, index) => {
    const bits = word(parts, (part) => changed.has(`${name}.${part}`));
    return bits === null ? [] : [`${index}-${bits}`];
  });
  return [...(top === null ? [] : [top]), ...nested];
}

const anyField = fc
  .constantFrom(...account)
  .chain((field) =>
    fc.constantFrom(...(field.parts.length > 0 ? field.parts.map((part) => `${field.name}.${part}`) : [field.name])),
  );

describe('the bitmap of changed fields', () => {
  it('names exactly the fields that were encoded, compounds by their parts', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyField, { maxLength: 60 }), (changed) => {
        expect(new Set(fieldsOf(encode(new Set(changed), account), account))).toEqual(new Set(changed));
      }),
    );
  });

  it.each([
    ['an element for parts only', ['4-0x2'], ['BillingAddress.City']],
    ['a part written with leading zeros', ['4-0x02'], ['BillingAddress.City']],
    [
      'parts of two compounds',
      ['0x4', '4-0x10', '1-0x06'],
      ['Type', 'BillingAddress.Country', 'Name.FirstName', 'Name.LastName'],
    ],
    ['a bit beyond the exact integers of a number', ['0x20000000000000004'], ['Type', 'Field59']],
    ['nothing', ['0x0'], []],
    ['an empty list', [], []],
  ])('reads %s', (_, bitmap, expected) => {
    expect(fieldsOf(bitmap, account)).toEqual(expected);
  });

  it.each([[['0x']], [['name']], [['4-2']], [['0xG']], [['99-0x1']], [['4-0x100']], [[`0x${'F'.repeat(30)}`]]])(
    'refuses %j instead of guessing what was changed',
    (bitmap) => {
      expect(() => fieldsOf(bitmap, account)).toThrow(RangeError);
    },
  );
});
