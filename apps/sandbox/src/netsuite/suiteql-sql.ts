import { SuiteQlError, TokenReader, tokenize } from './suiteql-tokens.ts';
import { expression, type Scope, type Translation } from './suiteql-expressions.ts';

/** Table -> columns that SuiteQL may name; read from the views at start, so the list cannot drift from them. */
export type Catalog = ReadonlyMap<string, ReadonlySet<string>>;

export interface TranslatedQuery {
  /** PostgreSQL text with `$n` for every `?` of the query. */
  readonly sql: string;
  readonly parameters: number;
  /** Without ORDER BY the vendor promises no order from page to page. */
  readonly ordered: boolean;
}

/** Translates one SELECT. Only listed tables, columns and functions get through; text literals are re-quoted. */
export function translateSuiteQl(text: string, catalog: Catalog): TranslatedQuery {
  const reader = new TokenReader(tokenize(text));
  const translation: Translation = { reader, catalog, parameters: 0, depth: 0, subquery: select };
  const { sql, ordered } = select(translation, null);
  if (reader.peek().kind !== 'end') throw reader.unexpected('End of query');
  return { sql, parameters: translation.parameters, ordered };
}

function select(t: Translation, outer: Scope | null): { sql: string; ordered: boolean } {
  if (++t.depth > 16) throw new SuiteQlError('The query is nested too deeply.');
  t.reader.expectWord('select');
  const distinct = t.reader.acceptWord('distinct') ? 'distinct ' : '';
  const items = takeSelectList(t);
  const scope: Scope = { tables: new Map(), aliases: new Set(items.aliases), outer };
  const from = fromClause(t, scope);
  const resume = t.reader;
  // The list is translated after FROM, when its tables are known.
  t.reader = items.reader;
  const columns = selectList(t, scope);
  t.reader = resume;
  const rest = clauses(t, scope);
  t.depth -= 1;
  return { sql: `select ${distinct}${columns} from ${from}${rest.sql}`, ordered: rest.ordered };
}

/** Sets the tokens of the select list aside up to its FROM, and notes the names it gives. */
function takeSelectList(t: Translation): { reader: TokenReader; aliases: string[] } {
  const tokens = [];
  const aliases: string[] = [];
  for (let nesting = 0; ;) {
    const token = t.reader.peek();
    if (token.kind === 'end') throw t.reader.unexpected('FROM');
    if (nesting === 0 && token.kind === 'word' && token.text === 'from') break;
    if (token.kind === 'symbol' && token.text === '(') nesting += 1;
    if (token.kind === 'symbol' && token.text === ')') nesting -= 1;
    if (token.kind === 'symbol' && token.text === '?')
      throw new SuiteQlError('Parameters are not supported in the SELECT list.');
    if (nesting === 0 && token.kind === 'word' && token.text === 'as') aliases.push(t.reader.peek(1).text);
    tokens.push(t.reader.next());
  }
  return { reader: new TokenReader([...tokens, { kind: 'end', text: '', at: t.reader.peek().at }]), aliases };
}

function selectList(t: Translation, scope: Scope): string {
  const columns: string[] = [];
  do {
    if (t.reader.acceptSymbol('*')) columns.push(...everyColumn(scope));
    else columns.push(selectItem(t, scope, columns.length + 1));
  } while (t.reader.acceptSymbol(','));
  if (t.reader.peek().kind !== 'end') throw t.reader.unexpected(', or FROM');
  return columns.join(', ');
}

function selectItem(t: Translation, scope: Scope, position: number): string {
  const first = t.reader.peek();
  if (first.kind === 'word' && t.reader.peek(1).text === '.' && t.reader.peek(2).text === '*') {
    for (let skipped = 0; skipped < 3; skipped += 1) t.reader.next();
    return everyColumn(scope, first.text).join(', ');
  }
  const start = t.reader.peek();
  const bare = t.reader.peek(1);
  const sql = expression(t, scope);
  if (t.reader.acceptWord('as') || t.reader.peek().kind === 'word')
    return `${sql} as ${quoteName(t.reader.next().text)}`;
  const column = bare.text === '.' ? sql.split('.').at(-1)!.replaceAll('"', '') : start.text;
  return `${sql} as ${quoteName(/^"\w+"\."\w+"$/.test(sql) ? column : `expr${position}`)}`;
}

function everyColumn(scope: Scope, alias?: string): string[] {
  const tables = [...scope.tables].filter(([name]) => alias === undefined || name === alias);
  if (tables.length === 0) throw new SuiteQlError(`Unknown table alias '${alias ?? ''}'.`);
  return tables.flatMap(([name, columns]) =>
    [...columns].filter((c) => !c.endsWith('__df')).map((c) => `${quoteName(name)}.${quoteName(c)} as ${quoteName(c)}`),
  );
}

function fromClause(t: Translation, scope: Scope): string {
  t.reader.expectWord('from');
  let sql = table(t, scope);
  for (;;) {
    if (t.reader.acceptSymbol(',')) sql += ` cross join ${table(t, scope)}`;
    else if (t.reader.isWord('join', 'inner', 'left')) sql += join(t, scope);
    else return sql;
  }
}

function join(t: Translation, scope: Scope): string {
  const left = t.reader.acceptWord('left');
  if (left) t.reader.acceptWord('outer');
  else t.reader.acceptWord('inner');
  t.reader.expectWord('join');
  const joined = table(t, scope);
  t.reader.expectWord('on');
  return ` ${left ? 'left ' : ''}join ${joined} on ${expression(t, scope)}`;
}

const clauseWords = [
  'where',
  'join',
  'inner',
  'left',
  'on',
  'group',
  'having',
  'order',
  'union',
  'fetch',
  'right',
  'full',
];

function table(t: Translation, scope: Scope): string {
  const token = t.reader.next();
  const columns = token.kind === 'word' ? t.catalog.get(token.text) : undefined;
  if (!columns) throw new SuiteQlError(`Record '${token.text}' was not found.`);
  t.reader.acceptWord('as');
  const next = t.reader.peek();
  const alias = next.kind === 'word' && !clauseWords.includes(next.text) ? t.reader.next().text : token.text;
  if (scope.tables.has(alias)) throw new SuiteQlError(`The alias '${alias}' is used twice.`);
  scope.tables.set(alias, columns);
  return `${quoteName(`q_${token.text}`)} ${quoteName(alias)}`;
}

function clauses(t: Translation, scope: Scope): { sql: string; ordered: boolean } {
  let sql = '';
  if (t.reader.acceptWord('where')) sql += ` where ${expression(t, scope)}`;
  if (t.reader.acceptWord('group')) {
    t.reader.expectWord('by');
    sql += ` group by ${list(t, scope)}`;
  }
  if (t.reader.acceptWord('having')) sql += ` having ${expression(t, scope)}`;
  const ordered = t.reader.acceptWord('order');
  if (ordered) {
    t.reader.expectWord('by');
    sql += ` order by ${orderList(t, { ...scope, orderBy: true })}`;
  }
  return { sql, ordered };
}

function list(t: Translation, scope: Scope): string {
  const parts = [expression(t, scope)];
  while (t.reader.acceptSymbol(',')) parts.push(expression(t, scope));
  return parts.join(', ');
}

function orderList(t: Translation, scope: Scope): string {
  const parts: string[] = [];
  do {
    let part = expression(t, scope);
    if (t.reader.acceptWord('desc')) part += ' desc';
    else t.reader.acceptWord('asc');
    if (t.reader.acceptWord('nulls')) {
      const first = t.reader.acceptWord('first');
      if (!first) t.reader.expectWord('last');
      part += first ? ' nulls first' : ' nulls last';
    }
    parts.push(part);
  } while (t.reader.acceptSymbol(','));
  return parts.join(', ');
}

export function quoteName(name: string): string {
  if (!/^[a-z_][a-z0-9_ ]*$/.test(name)) throw new SuiteQlError(`'${name}' is not a name.`);
  return `"${name}"`;
}
