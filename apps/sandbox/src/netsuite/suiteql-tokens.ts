/** SuiteQL text as tokens. Everything that is not one of these shapes is refused, so nothing unknown reaches the database. */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

export class SuiteQlError extends Error {}

const shape =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<string>'(?:[^']|'')*')|(?<quoted>"[A-Za-z_][A-Za-z0-9_ ]*")|(?<number>\d+(?:\.\d+)?)|(?<symbol><>|!=|<=|>=|\|\||[=<>(),.*+\-/?])/y;

export function tokenize(text: string): Token[] {
  if (text.length > 100_000) throw new SuiteQlError('The query is too long.');
  const tokens: Token[] = [];
  const scanner = new RegExp(shape);
  while (scanner.lastIndex < text.length) {
    const at = scanner.lastIndex;
    const match = scanner.exec(text);
    if (!match) throw new SuiteQlError(`Unexpected character at position ${at}.`);
    const token = tokenOf(match.groups ?? {}, at);
    if (token) tokens.push(token);
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function tokenOf(groups: Record<string, string | undefined>, at: number): Token | null {
  const { word, string, quoted, number, symbol } = groups;
  if (word !== undefined) return { kind: 'word', text: word.toLowerCase(), at };
  if (string !== undefined) return { kind: 'string', text: string.slice(1, -1).replaceAll("''", "'"), at };
  if (quoted !== undefined) return { kind: 'word', text: quoted.slice(1, -1).toLowerCase(), at };
  if (number !== undefined) return { kind: 'number', text: number, at };
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, at };
  return null;
}

/** A reader over the tokens: look, take, insist. */
export class TokenReader {
  #position = 0;
  readonly #tokens: readonly Token[];
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  isWord(...words: readonly string[]): boolean {
    const token = this.peek();
    return token.kind === 'word' && words.includes(token.text);
  }

  isSymbol(...symbols: readonly string[]): boolean {
    const token = this.peek();
    return token.kind === 'symbol' && symbols.includes(token.text);
  }

  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#position += 1;
    return true;
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#position += 1;
    return true;
  }

  expectWord(word: string): void {
    if (!this.acceptWord(word)) throw this.unexpected(word.toUpperCase());
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.unexpected(`'${symbol}'`);
  }

  unexpected(wanted: string): SuiteQlError {
    const token = this.peek();
    return new SuiteQlError(`${wanted} expected at position ${token.at}, found '${token.text || 'end of query'}'.`);
  }
}
