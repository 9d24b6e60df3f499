import { fits, type Literal } from './literals.ts';
import { needProperty } from './edm.ts';
import { filterTokens, invalidToken, type Token } from './filter-tokens.ts';
import type { EntitySet, Property } from './model.ts';
import { malformed } from './refusals.ts';

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type TextTest = 'substringof' | 'startswith' | 'endswith';

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | { readonly kind: 'compare'; readonly by: Comparison; readonly property: Property; readonly literal: Literal }
  | { readonly kind: 'text'; readonly test: TextTest; readonly property: Property; readonly needle: string };

const flipped: Readonly<Record<Comparison, Comparison>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};
const tests = ['substringof', 'startswith', 'endswith'] as const;
const maximumDepth = 100;

/** Reads `$filter` against the properties of a set. @throws SapError 400: unknown property, wrong literal, bad syntax */
export function parseFilter(text: string, set: EntitySet): Filter {
  const reader = createReader(filterTokens(text), set);
  const filter = reader.disjunction(0);
  reader.expect('end');
  return filter;
}

interface Reader {
  disjunction(depth: number): Filter;
  expect(kind: Token['kind']): Token;
}

function createReader(tokens: readonly Token[], set: EntitySet): Reader {
  let next = 0;
  // The end is never passed.
  const peek = (): Token => tokens[Math.min(next, tokens.length - 1)]!;
  const take = (): Token => tokens[Math.min(next++, tokens.length - 1)]!;
  const isWord = (text: string): boolean => peek().kind === 'word' && peek().text === text;
  const expect = (kind: Token['kind']): Token => {
    if (peek().kind !== kind) throw invalidToken(peek().at);
    return take();
  };

  function joined(word: 'and' | 'or', term: () => Filter): Filter {
    const terms = [term()];
    while (isWord(word)) {
      take();
      terms.push(term());
    }
    return terms.length === 1 ? terms[0]! : { kind: word, terms };
  }

  function disjunction(depth: number): Filter {
    if (depth > maximumDepth) throw invalidToken(peek().at);
    return joined('or', () => joined('and', () => negation(depth)));
  }

  function negation(depth: number): Filter {
    if (!isWord('not')) return primary(depth);
    take();
    if (depth > maximumDepth) throw invalidToken(peek().at);
    return { kind: 'not', term: negation(depth + 1) };
  }

  function primary(depth: number): Filter {
    if (peek().kind === 'open') {
      take();
      const inner = disjunction(depth + 1);
      expect('close');
      return inner;
    }
    const test = tests.find((name) => isWord(name));
    return test && tokens[next + 1]?.kind === 'open' ? withTruth(textTest(test)) : comparison();
  }

  function textTest(test: TextTest): Filter {
    take();
    expect('open');
    const first = take();
    expect('comma');
    const second = take();
    expect('close');
    // `substringof` names what it looks for first, the others second.
    const [needle, name] = test === 'substringof' ? [first, second] : [second, first];
    if (needle.kind !== 'literal' || needle.literal.kind !== 'string') throw invalidToken(needle.at);
    if (name.kind !== 'word') throw invalidToken(name.at);
    const property = needProperty(set, name.text);
    if (property.type !== 'Edm.String') throw wrongType(test, name.at);
    return { kind: 'text', test, property, needle: needle.literal.text };
  }

  /** `startswith(...) eq true` says the same as without. */
  function withTruth(filter: Filter): Filter {
    const by = peek();
    if (by.kind !== 'word' || (by.text !== 'eq' && by.text !== 'ne')) return filter;
    take();
    const truth = expect('literal');
    if (truth.kind !== 'literal' || truth.literal.kind !== 'boolean') throw wrongType(by.text, truth.at);
    return (truth.literal.text === 'true') === (by.text === 'eq') ? filter : { kind: 'not', term: filter };
  }

  function comparison(): Filter {
    const left = take();
    const operator = expect('word');
    const by = operator.text as Comparison;
    if (!Object.hasOwn(flipped, operator.text)) throw invalidToken(operator.at);
    const right = take();
    if (left.kind === 'word' && right.kind === 'literal') return compared(left, by, right);
    if (left.kind === 'literal' && right.kind === 'word') return compared(right, flipped[by], left);
    throw invalidToken(right.kind === 'end' ? right.at : left.at);
  }

  function compared(name: Token, by: Comparison, { literal }: Extract<Token, { kind: 'literal' }>): Filter {
    const property = needProperty(set, name.text);
    const ordered = by !== 'eq' && by !== 'ne';
    if (!fits(property.type, literal) || (ordered && literal.kind === 'null')) throw wrongType(by, name.at);
    return { kind: 'compare', by, property, literal };
  }

  return { disjunction, expect };
}

function wrongType(operator: string, at: number): Error {
  return malformed(
    `Invalid parametertype used at function '${operator}' (Position: ${at + 1})`,
    `Ungültiger Parametertyp bei Funktion '${operator}' (Position: ${at + 1})`,
  );
}
