import { isDistinctive } from './identity.ts';
import type { Item } from './item.ts';
import { normalise, type NormaliseStep } from './normalise.ts';
import type { Condition, ITEM_FIELDS, ItemField, Key } from './rule-set.ts';
import { compareAmounts } from './units.ts';

/** Null: the item has no such text. */
export type Getter = (item: Item) => string | null;

/** What both sides must have alike. */
export interface Sides {
  readonly left: Getter;
  readonly right: Getter;
}

/** One side's text stands in the other side's text as whole words in a row. */
export interface WordKey {
  readonly holder: 'left' | 'right';
  /** Of the side whose text is looked for. */
  readonly contained: Getter;
  /** Every run of words of the holder's text, written without what separates them. */
  readonly runs: (item: Item) => readonly string[];
}

const SEPARATOR = '\u001f';
/** Words of the longest reference that is looked for, and of the longest text that is looked through. */
const MOST_WORDS = { run: 6, text: 200 } as const;

export function getterOf(field: ItemField): Getter {
  if (field.startsWith('fields.')) {
    const name = field.slice('fields.'.length);
    return (item) => item.fields[name] || null;
  }
  return GETTERS[field as keyof typeof GETTERS];
}

/** Written out: a property by name is read several times faster than one by variable, and this is done for every item. */
const GETTERS: Readonly<Record<(typeof ITEM_FIELDS)[number], Getter>> = {
  id: (item) => item.id || null,
  date: (item) => item.date || null,
  currency: (item) => item.currency || null,
  reference: (item) => item.reference || null,
  counterparty: (item) => item.counterparty || null,
  text: (item) => item.text || null,
  legalEntity: (item) => item.legalEntity || null,
  reverses: (item) => item.reverses || null,
};

export function keyGetter(field: ItemField, steps: readonly NormaliseStep[], minLength = 1): Getter {
  const get = getterOf(field);
  if (steps.length === 0 && minLength <= 1) return get;
  return (item) => {
    const text = get(item);
    if (text === null) return null;
    const key = normalise(text, steps);
    return key.length >= Math.max(1, minLength) ? key : null;
  };
}

export function sidesOf(key: Key): Sides {
  return { left: getterOfKey(key, key.left), right: getterOfKey(key, key.right) };
}

function getterOfKey({ normalise: steps, minLength, distinctive }: Key, field: ItemField): Getter {
  const get = keyGetter(field, steps, minLength);
  if (!distinctive) return get;
  const original = getterOf(field);
  return (item) => {
    const text = original(item);
    return text !== null && isDistinctive(text) ? get(item) : null;
  };
}

/** All texts of a side as one; null when one is missing; an empty text for no keys at all. */
export function joined(getters: readonly Getter[]): Getter {
  const [first, ...others] = getters;
  if (first === undefined) return () => '';
  if (others.length === 0) return first;
  return (item) => {
    let result = first(item);
    for (const get of others) {
      const text = get(item);
      if (text === null || result === null) return null;
      result += SEPARATOR + text;
    }
    return result;
  };
}

export function wordKeyOf(key: Key): WordKey {
  const isLeftHolder = key.how === 'right-in-left';
  const [contained, holder] = isLeftHolder ? [key.right, key.left] : [key.left, key.right];
  const steps = key.normalise.filter((step) => step !== 'alnum' && step !== 'words');
  const text = getterOf(holder);
  return {
    holder: isLeftHolder ? 'left' : 'right',
    contained: getterOfKey({ ...key, normalise: [...key.normalise, 'alnum'] }, contained),
    runs: (item) => runsOf(text(item), steps),
  };
}

function runsOf(text: string | null, steps: readonly NormaliseStep[]): readonly string[] {
  if (text === null) return [];
  const words = wordsOf(text, steps).slice(0, MOST_WORDS.text);
  const runs = new Set<string>();
  for (let from = 0; from < words.length; from += 1) {
    let run = '';
    for (const word of words.slice(from, from + MOST_WORDS.run)) runs.add((run += word));
  }
  return [...runs];
}

/** Digits are taken of each word: of the whole text they would be one number. */
function wordsOf(text: string, steps: readonly NormaliseStep[]): string[] {
  if (!steps.includes('digits')) return normalise(text, [...steps, 'words']).split(' ');
  const words = normalise(text, ['words']).split(' ');
  return words.map((word) => normalise(word, steps)).filter((word) => word !== '');
}

/** True when every condition holds; null for no condition at all. */
export function predicateOf(conditions: readonly Condition[]): ((item: Item) => boolean) | null {
  if (conditions.length === 0) return null;
  const tests = conditions.map(testOf);
  return (item) => tests.every((test) => test(item));
}

function testOf(condition: Condition): (item: Item) => boolean {
  if (condition.field === 'amount') {
    const { min, max } = condition;
    return ({ amount }) =>
      (min === null || compareAmounts(amount, min) >= 0) && (max === null || compareAmounts(amount, max) <= 0);
  }
  const get = getterOf(condition.field);
  const texts = textTestsOf(condition);
  return (item) => {
    const text = get(item);
    if (condition.present !== null && condition.present !== (text !== null)) return false;
    return texts.every((test) => text !== null && test(text));
  };
}

function textTestsOf({ equals, startsWith, contains }: Condition): ((text: string) => boolean)[] {
  const tests: ((text: string) => boolean)[] = [];
  if (equals !== null) tests.push((text) => equals.includes(text));
  if (startsWith !== null) tests.push((text) => startsWith.some((start) => text.startsWith(start)));
  if (contains !== null) {
    const wanted = contains.map((text) => ` ${normalise(text, ['upper', 'words'])} `);
    tests.push((text) => {
      const padded = ` ${normalise(text, ['upper', 'words'])} `;
      return wanted.some((words) => padded.includes(words));
    });
  }
  return tests;
}
