import { describe, expect, it } from 'vitest';
import { parseFilter } from './filter.ts';
import { filterSql, newParameters } from './filter-sql.ts';
import type { EdmType, EntitySet } from './model.ts';

const types: Record<string, EdmType> = {
  Name: 'Edm.String',
  Amount: 'Edm.Decimal',
  Count: 'Edm.Int32',
  Day: 'Edm.DateTime',
  Changed: 'Edm.DateTimeOffset',
  At: 'Edm.Time',
  Id: 'Edm.Guid',
  Open: 'Edm.Boolean',
};
const set: EntitySet = {
  name: 'A_X',
  view: 'x',
  keys: ['Name'],
  properties: Object.entries(types).map(([name, type]) => ({ name, type, writable: 'never' })),
  navigations: [],
  etag: null,
  pageSize: null,
};

const sql = (text: string): [string, ...unknown[]] => {
  const parameters = newParameters();
  return [filterSql(parseFilter(text, set), parameters), ...parameters.values];
};

describe('a filter as SQL', () => {
  it.each<[string, string, ...unknown[]]>([
    ["Name eq 'a''b'", `("Name" = $1::text)`, "a'b"],
    ["'a' lt Name", `("Name" collate "C" > $1::text)`, 'a'],
    ["Name ne 'a'", `("Name" is distinct from $1::text)`, 'a'],
    ["Name eq ''", `(coalesce("Name", '') = '')`],
    ['Name ne null', `(not (coalesce("Name", '') = ''))`],
    ['Amount ge 10.50M', `("Amount" >= $1::numeric)`, '10.5'],
    ['Amount lt -0.005', `("Amount" < $1::numeric)`, '-0.005'],
    ['Count eq 5', `("Count" = $1::bigint)`, '5'],
    ["Day ge datetime'2024-02-29T00:00'", `("Day" >= $1::timestamp)`, '2024-02-29T00:00:00'],
    [
      "Changed gt datetimeoffset'2024-01-01T00:00:00.1234567+01:00'",
      `("Changed" > $1::timestamptz)`,
      '2024-01-01T00:00:00.1234567+01:00',
    ],
    ["At le time'PT8H5S'", `("At" <= $1::time)`, '08:00:05'],
    ["Id eq guid'6F9619FF-8B86-D011-B42D-00CF4FC964FF'", `("Id" = $1::uuid)`, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
    ['Open eq true', `("Open" = $1::boolean)`, 'true'],
    ['Day eq null', `("Day" is null)`],
    ["startswith(Name,'a%')", `starts_with("Name", $1::text)`, 'a%'],
    ["substringof('a',Name) eq false", `((strpos("Name", $1::text) > 0)) is not true`, 'a'],
    ["endswith(Name, 'a')", `(right("Name", length($1::text)) = $1::text)`, 'a'],
  ])('%s', (text, expected, ...values) => {
    expect(sql(text)).toEqual([expected, ...values]);
  });

  it('binds "and" before "or" and "not" before both, and keeps parentheses', () => {
    const a = `("Count" = $1::bigint)`;
    const b = `("Count" = $2::bigint)`;
    const c = `("Count" = $3::bigint)`;
    expect(sql('Count eq 1 or Count eq 2 and Count eq 3')[0]).toBe(`(${a} or (${b} and ${c}))`);
    expect(sql('(Count eq 1 or Count eq 2) and Count eq 3')[0]).toBe(`((${a} or ${b}) and ${c})`);
    expect(sql('not Count eq 1 and Count eq 2')[0]).toBe(`((${a}) is not true and ${b})`);
  });

  it('keeps what a value says out of the statement', () => {
    const [text, value] = sql(`Name eq '"; drop table x; --'' or 1=1'`);
    expect(text).toBe(`("Name" = $1::text)`);
    expect(value).toBe(`"; drop table x; --' or 1=1`);
  });
});

describe('a filter that is refused', () => {
  it.each([
    ["Colour eq 'x'", "Property 'Colour' not found in type 'A_XType'"],
    ["Amount eq 'x'", /parametertype.*'eq'/],
    ["Day ge datetimeoffset'2024-01-01T00:00:00Z'", /parametertype.*'ge'/],
    ["Changed ge datetime'2024-01-01T00:00:00'", /parametertype.*'ge'/],
    ['Amount gt null', /parametertype.*'gt'/],
    ['Count eq 1.5', /parametertype/],
    ["startswith(Amount,'1')", /parametertype.*'startswith'/],
    ["Day eq datetime'2023-02-29T00:00:00'", /Invalid token detected at position 8/],
    ["Changed eq datetimeoffset'2024-01-01T00:00:00'", /Invalid token/],
    ["Name eq 'open", /Invalid token/],
    ["Name eq '\0'", /Invalid token/],
    ['Name eq', /Invalid token detected at position 8/],
    ["(Name eq 'a'", /Invalid token detected at position 13/],
    ["Name eq 'a')", /Invalid token detected at position 12/],
    ["Name like 'a'", /Invalid token detected at position 6/],
    ['Name eq Amount', /Invalid token/],
    ["concat(Name,'a') eq 'b'", /Invalid token/],
    ['', /Invalid token detected at position 1/],
    ['('.repeat(200), /Invalid token/],
    ['not '.repeat(200), /Invalid token/],
    [`Name eq 'a'${" or Name eq 'a'".repeat(2000)}`, /Invalid token/],
  ])('%s', (text, message) => {
    expect(() => parseFilter(text, set)).toThrow(message);
  });
});
