import type { Random } from '../random.ts';

const ONSETS = [
  'Ald',
  'Bren',
  'Corv',
  'Dun',
  'Elm',
  'Farn',
  'Gry',
  'Hark',
  'Ivel',
  'Jor',
  'Kest',
  'Lum',
  'Morv',
  'Nyst',
];
const MIDDLES = ['ama', 'ero', 'ibu', 'osta', 'unde', 'ylla', 'anki', 'efra', 'ogri', 'upsi'];
const ENDS = ['gate', 'haven', 'wick', 'stern', 'ford', 'lund', 'mont', 'quist', 'zell', 'brook'];
const TRADES = ['Foods', 'Energie', 'Logistics', 'Medical', 'Textiles', 'Software', 'Marine', 'Optik'];
const FORMS = ['GmbH', 'Ltd', 'Inc.', 'S.A.', 'AG', 'B.V.'];
const ENTITIES = ['DE01', 'US01', 'GB01', 'JP01'];
/** With two, none and three digits after the point. */
export const CURRENCIES = ['EUR', 'USD', 'GBP', 'JPY', 'KWD'] as const;

/** Somebody we trade with in one of our companies, in one currency. */
export interface Party {
  readonly name: string;
  readonly legalEntity: string;
  readonly currency: string;
}

/** Parties whose names no fuzzy comparison should take for each other. */
export function createParties(random: Random, count: number): Party[] {
  const names = stems(random, count);
  return names.map((stem, n) => ({
    name: `${stem} ${random.pick(TRADES)} ${random.pick(FORMS)}`,
    legalEntity: ENTITIES[n % ENTITIES.length] as string,
    currency: CURRENCIES[n % CURRENCIES.length] as string,
  }));
}

/** Somebody whose name has nothing in common with those of the parties. */
export const STRANGER: Party = { name: 'Zugspitz Bauwerke SE', legalEntity: 'DE01', currency: 'EUR' };

/** Another company in the same trade whose name begins alike. */
export function namesake(name: string): string {
  const [stem = '', trade = ''] = name.split(' ');
  const onset = ONSETS.find((one) => stem.startsWith(one)) ?? stem.slice(0, 4);
  const middle = MIDDLES.find((one) => !stem.includes(one)) ?? '';
  const end = ENDS.findLast((one) => !stem.endsWith(one)) ?? '';
  return `${onset}${middle}${end} ${trade} AG`;
}

export function otherEntity(legalEntity: string): string {
  return ENTITIES.find((entity) => entity !== legalEntity) as string;
}

export function otherCurrency(currency: string): string {
  return currency === 'EUR' ? 'USD' : 'EUR';
}

/** Any two differ in two of three syllables at least; past the first 140 a second word tells them apart. */
function stems(random: Random, count: number): string[] {
  const words = random.shuffled(
    ONSETS.flatMap((onset, a) => MIDDLES.map((middle, b) => onset + middle + ENDS[(a + b) % ENDS.length])),
  );
  return Array.from({ length: count }, (_, n) => {
    const round = Math.floor(n / words.length);
    const word = words[n % words.length] as string;
    return round === 0 ? word : `${word} ${words[(n + round * 11) % words.length] as string}`;
  });
}

/** The same party as another system spells it. */
export function respelt(name: string, random: Random): string {
  const words = name.split(' ');
  const [first = '', ...rest] = words;
  const at = random.int(2, first.length - 2);
  return random.pick([
    words.slice(0, -1).join(' '),
    name.toUpperCase().replace(/\./g, ''),
    `${first.slice(0, at)}${first.slice(at + 1)} ${rest.join(' ')}`,
    `${first.slice(0, at)}${first[at + 1] ?? ''}${first[at] ?? ''}${first.slice(at + 2)} ${rest.join(' ')}`,
    `${words.slice(0, -1).join(' ')} ${words.at(-1) === 'GmbH' ? 'Gesellschaft mbH' : 'Limited'}`,
  ]);
}
