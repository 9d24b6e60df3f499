import { describe, expect, it } from 'vitest';
import { parseKey, parsePath } from './address.ts';
import { languageOf } from './exchange.ts';
import type { EntitySet } from './model.ts';

const set: EntitySet = {
  name: 'A_X',
  view: 'x',
  keys: ['Area', 'Ends'],
  properties: [
    { name: 'Area', type: 'Edm.String', writable: 'never' },
    { name: 'Ends', type: 'Edm.DateTime', writable: 'never' },
  ],
  navigations: [],
  etag: null,
  pageSize: null,
};
const single = { ...set, keys: ['Area'] };

describe('a path', () => {
  it('keeps a slash, a comma and a parenthesis inside quotes with their key', () => {
    expect(parsePath("A_X('a/b')/to_Y")).toEqual([
      { name: 'A_X', predicate: "'a/b'" },
      { name: 'to_Y', predicate: null },
    ]);
    expect(parsePath('A_X(%27a%2Fb%27)/$count')[0]).toEqual({ name: 'A_X', predicate: "'a/b'" });
    expect(parseKey(single, "'a,b)=''c'")).toEqual({ Area: "a,b)='c" });
  });

  it.each(['A_X(', 'A-X', "A_X('a')x", '%', 'a/a/a/a/a/a/a/a/a'])('is refused: %s', (path) => {
    expect(() => parsePath(path)).toThrow();
  });
});

describe('a key', () => {
  it('of one part may go without its name, of several has all names in any order', () => {
    expect(parseKey(single, "Area='a'")).toEqual({ Area: 'a' });
    expect(parseKey(set, "Ends=datetime'2024-12-31T00:00:00', Area='a'")).toEqual({
      Area: 'a',
      Ends: '2024-12-31T00:00:00',
    });
  });

  it.each(["'a'", "Area='a'", "Area='a',Ends='b'", "Area='a',Area='b'", "Area='a',Ends=null", "Area='a',Else=1", ''])(
    'is refused: (%s)',
    (predicate) => {
      expect(() => parseKey(set, predicate)).toThrow(/Invalid key predicate for 'A_X'/);
    },
  );
});

it.each([
  [undefined, 'en'],
  ['de', 'de'],
  ['DE-at', 'de'],
  ['fr, en;q=0.5, de;q=0.7', 'de'],
  ['de;q=0', 'en'],
  ['*', 'en'],
])('speaks for Accept-Language %s', (accepted, language) => {
  expect(languageOf(accepted, ['en', 'de'])).toBe(language);
});
