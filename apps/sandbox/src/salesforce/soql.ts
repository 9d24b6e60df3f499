import { SalesforceFault } from './errors.ts';

export type Literal =
  | { readonly kind: 'string' | 'datetime' | 'date' | 'number'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN';
export type Condition =
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: Comparison;
      readonly values: readonly Literal[];
    }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] };
export interface Order {
  readonly field: string;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}
export const AGGREGATES = ['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX'] as const;
export interface SelectItem {
  readonly field: string;
  readonly aggregate: (typeof AGGREGATES)[number] | null;
  readonly alias: string | undefined;
}
/** A parsed query; field names still as written. `select` is empty for `SELECT COUNT()`. */
export interface SoqlQuery {
  readonly select: readonly SelectItem[];
  readonly object: string;
  readonly where: Condition | undefined;
  readonly groupBy: readonly string[];
  readonly orderBy: readonly Order[];
  readonly limit: number | undefined;
}

interface Token {
  readonly kind: 'word' | 'string' | 'datetime' | 'date' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<string>'(?:[^'\\]|\\.)*')|(?<datetime>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))|(?<date>\d{4}-\d{2}-\d{2}(?![\dT]))|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w.]*)|(?<symbol><=|>=|!=|<>|[=<>(),]))/y;
const MAX_LENGTH = 100_000;
const MAX_DEPTH = 50;

function malformed(message: string): never {
  throw new SalesforceFault(400, 'MALFORMED_QUERY', message);
}

function tokens(soql: string): Token[] {
  if (soql.length > MAX_LENGTH) malformed('SOQL statements cannot be longer than 100000 characters.');
  const result: Token[] = [];
  const source = soql.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null)
      malformed(`unexpected character at position ${start}: '${source.slice(start).trim().slice(0, 10)}'`);
    const [kind, text] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!;
    result.push({ kind: kind as Token['kind'], text });
  }
  return [...result, { kind: 'end', text: '<EOF>' }];
}

/** Parses the part of SOQL that a reader of one object uses: no relationships. @throws SalesforceFault MALFORMED_QUERY */
export function parseSoql(soql: string): SoqlQuery {
  const stream = new TokenStream(tokens(soql));
  stream.keyword('SELECT');
  const select = selectList(stream);
  stream.keyword('FROM');
  const object = stream.word();
  const where = stream.takeKeyword('WHERE') ? condition(stream, 0) : undefined;
  const groupBy = stream.takeKeyword('GROUP') ? (stream.keyword('BY'), list(stream, (s) => s.word())) : [];
  const orderBy = stream.takeKeyword('ORDER') ? (stream.keyword('BY'), list(stream, order)) : [];
  const limit = stream.takeKeyword('LIMIT') ? Number(stream.of('number')) : undefined;
  stream.of('end');
  return { select, object, where, groupBy, orderBy, limit };
}

function selectList(stream: TokenStream): SelectItem[] {
  if (stream.isKeyword('COUNT') && stream.follows('(', ')')) {
    for (let n = 0; n < 3; n++) stream.next();
    return [];
  }
  return list(stream, selectItem);
}

function selectItem(stream: TokenStream): SelectItem {
  const word = stream.word();
  if (!stream.take('(')) return { field: word, aggregate: null, alias: alias(stream) };
  const aggregate = AGGREGATES.find((name) => name === word.toUpperCase()) ?? malformed(`unexpected token: ${word}`);
  const field = stream.word();
  stream.symbol(')');
  return { field, aggregate, alias: alias(stream) };
}

const alias = (stream: TokenStream): string | undefined =>
  stream.isWord() && !stream.isKeyword('FROM') ? stream.word() : undefined;

function list<T>(stream: TokenStream, item: (stream: TokenStream) => T): T[] {
  const items = [item(stream)];
  while (stream.take(',')) items.push(item(stream));
  return items;
}

function order(stream: TokenStream): Order {
  const field = stream.word();
  const descending = stream.takeKeyword('DESC') || (stream.takeKeyword('ASC'), false);
  if (!stream.takeKeyword('NULLS')) return { field, descending, nullsLast: false };
  const nullsLast = stream.takeKeyword('LAST');
  if (!nullsLast) stream.keyword('FIRST');
  return { field, descending, nullsLast };
}

/** AND and OR may not be mixed on one level: Salesforce demands parentheses. */
function condition(stream: TokenStream, depth: number): Condition {
  if (depth > MAX_DEPTH) malformed('too many nested conditions');
  const operands = [term(stream, depth)];
  const connective = stream.takeKeyword('AND') ? 'and' : stream.takeKeyword('OR') ? 'or' : undefined;
  if (connective === undefined) return operands[0]!;
  do operands.push(term(stream, depth));
  while (stream.takeKeyword(connective));
  return { kind: connective, operands };
}

function term(stream: TokenStream, depth: number): Condition {
  if (stream.takeKeyword('NOT')) return { kind: 'not', operand: term(stream, depth + 1) };
  if (stream.take('(')) {
    const inner = condition(stream, depth + 1);
    stream.symbol(')');
    return inner;
  }
  return comparison(stream);
}

function comparison(stream: TokenStream): Condition {
  const field = stream.word();
  if (stream.takeKeyword('LIKE')) return { kind: 'compare', field, operator: 'LIKE', values: [literal(stream)] };
  const negated = stream.takeKeyword('NOT');
  if (negated || stream.isKeyword('IN')) {
    stream.keyword('IN');
    stream.symbol('(');
    const values = list(stream, literal);
    stream.symbol(')');
    return { kind: 'compare', field, operator: negated ? 'NOT IN' : 'IN', values };
  }
  const symbol = stream.of('symbol');
  if (!['=', '!=', '<>', '<', '<=', '>', '>='].includes(symbol)) malformed(`unexpected token: ${symbol}`);
  const operator = (symbol === '<>' ? '!=' : symbol) as Comparison;
  return { kind: 'compare', field, operator, values: [literal(stream)] };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function literal(stream: TokenStream): Literal {
  const { kind, text } = stream.next();
  switch (kind) {
    case 'string':
      return { kind, value: text.slice(1, -1).replace(/\\(.)/gs, (_, c: string) => ESCAPES[c.toLowerCase()] ?? c) };
    case 'datetime':
    case 'date':
    case 'number':
      return { kind, value: text };
    case 'word':
      if (/^null$/i.test(text)) return { kind: 'null' };
      if (/^(true|false)$/i.test(text)) return { kind: 'boolean', value: /^true$/i.test(text) };
  }
  return malformed(`unexpected token: ${text}`);
}

/** Cursor over the tokens; every miss is a MALFORMED_QUERY that names the token met. */
class TokenStream {
  readonly #tokens: readonly Token[];
  #position = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }
  #peek(): Token {
    return this.#tokens[this.#position]!;
  }
  next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#position++;
    return token;
  }
  of(kind: Token['kind']): string {
    const token = this.next();
    return token.kind === kind ? token.text : malformed(`unexpected token: ${token.text}`);
  }
  word(): string {
    return this.of('word');
  }
  take(symbol: string): boolean {
    const hit = this.#peek().kind === 'symbol' && this.#peek().text === symbol;
    if (hit) this.#position++;
    return hit;
  }
  symbol(symbol: string): void {
    if (!this.take(symbol)) malformed(`expecting '${symbol}', found '${this.#peek().text}'`);
  }
  isWord(): boolean {
    return this.#peek().kind === 'word';
  }
  /** Whether these symbols come next, behind the token at hand. */
  follows(...symbols: readonly string[]): boolean {
    return symbols.every((symbol, i) => {
      const token = this.#tokens[this.#position + 1 + i];
      return token?.kind === 'symbol' && token.text === symbol;
    });
  }
  isKeyword(keyword: string): boolean {
    return this.#peek().kind === 'word' && this.#peek().text.toUpperCase() === keyword.toUpperCase();
  }
  takeKeyword(keyword: string): boolean {
    const hit = this.isKeyword(keyword);
    if (hit) this.#position++;
    return hit;
  }
  keyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) malformed(`expecting ${keyword}, found '${this.#peek().text}'`);
  }
}
