import { parseLiteral, type Literal } from './literals.ts';
import { malformed } from './refusals.ts';

export type Token =
  | { readonly kind: 'open' | 'close' | 'comma' | 'end'; readonly text: string; readonly at: number }
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'literal'; readonly literal: Literal; readonly text: string; readonly at: number };

const maximumTokens = 5000;
const piece = /\s*(?:([(),])|((?:datetimeoffset|datetime|time|guid)?'(?:[^']|'')*')|([^\s(),']+))/iy;
const punctuation = { '(': 'open', ')': 'close', ',': 'comma' } as const;

/** Splits `$filter`; literals are read already. `at` is the position in characters. @throws SapError 400 */
export function filterTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    piece.lastIndex = at;
    const match = piece.exec(text);
    if (!match || tokens.length >= maximumTokens) throw invalidToken(at);
    const start = at + match[0].length - match[0].trimStart().length;
    tokens.push(token(match, start));
    at = piece.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '', at: end }];
}

function token([, mark, quoted, word]: RegExpExecArray, at: number): Token {
  if (mark !== undefined) return { kind: punctuation[mark as '('], text: mark, at };
  const text = quoted ?? word!;
  const literal = parseLiteral(text);
  if (literal) return { kind: 'literal', literal, text, at };
  if (quoted === undefined && /^[A-Za-z_][A-Za-z0-9_/]*$/.test(text)) return { kind: 'word', text, at };
  throw invalidToken(at);
}

export function invalidToken(at: number): Error {
  return malformed(
    `Invalid token detected at position ${at + 1} of the filter`,
    `Ungültiges Token an Position ${at + 1} des Filters`,
  );
}
