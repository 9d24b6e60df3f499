import { SuiteQlError, type TokenReader } from './suiteql-tokens.ts';

export interface Scope {
  /** Alias -> the columns that may be named through it. */
  readonly tables: Map<string, ReadonlySet<string>>;
  /** Names given in the select list; ORDER BY may use them. */
  readonly aliases: ReadonlySet<string>;
  readonly outer: Scope | null;
  readonly orderBy?: boolean;
}

export interface Translation {
  reader: TokenReader;
  readonly catalog: ReadonlyMap<string, ReadonlySet<string>>;
  parameters: number;
  depth: number;
  readonly subquery: (t: Translation, outer: Scope) => { sql: string };
}

/** Functions by what they become; the number of arguments is checked before PostgreSQL sees them. */
const functions: Readonly<Record<string, { sql: string; min: number; max: number }>> = {
  to_date: { sql: 'ns_to_date', min: 2, max: 2 },
  to_timestamp: { sql: 'ns_to_date', min: 2, max: 2 },
  to_char: { sql: 'to_char', min: 2, max: 2 },
  to_number: { sql: 'ns_to_number', min: 1, max: 1 },
  nvl: { sql: 'coalesce', min: 2, max: 2 },
  coalesce: { sql: 'coalesce', min: 1, max: 20 },
  nullif: { sql: 'nullif', min: 2, max: 2 },
  sum: { sql: 'sum', min: 1, max: 1 },
  min: { sql: 'min', min: 1, max: 1 },
  max: { sql: 'max', min: 1, max: 1 },
  avg: { sql: 'avg', min: 1, max: 1 },
  count: { sql: 'count', min: 1, max: 1 },
  abs: { sql: 'abs', min: 1, max: 1 },
  round: { sql: 'round', min: 1, max: 2 },
  upper: { sql: 'upper', min: 1, max: 1 },
  lower: { sql: 'lower', min: 1, max: 1 },
  length: { sql: 'length', min: 1, max: 1 },
  substr: { sql: 'substr', min: 2, max: 3 },
  concat: { sql: 'concat', min: 2, max: 2 },
};

const keywords = new Set(
  'select from where and or not in is null like between group by having order asc desc on join inner left case when then else end exists union'.split(
    ' ',
  ),
);

export function expression(t: Translation, scope: Scope): string {
  if (++t.depth > 64) throw new SuiteQlError('The query is nested too deeply.');
  let sql = conjunction(t, scope);
  while (t.reader.acceptWord('or')) sql += ` or ${conjunction(t, scope)}`;
  t.depth -= 1;
  return sql;
}

function conjunction(t: Translation, scope: Scope): string {
  let sql = negation(t, scope);
  while (t.reader.acceptWord('and')) sql += ` and ${negation(t, scope)}`;
  return sql;
}

function negation(t: Translation, scope: Scope): string {
  const words: string[] = [];
  while (t.reader.acceptWord('not')) words.push('not ');
  if (words.length > 16) throw new SuiteQlError('The query is nested too deeply.');
  return words.join('') + comparison(t, scope);
}

function comparison(t: Translation, scope: Scope): string {
  const left = sum(t, scope);
  if (t.reader.isSymbol('=', '<>', '!=', '<', '<=', '>', '>=')) {
    return `${left} ${t.reader.next().text} ${sum(t, scope)}`;
  }
  if (t.reader.acceptWord('is')) {
    const not = t.reader.acceptWord('not') ? 'not ' : '';
    t.reader.expectWord('null');
    return `${left} is ${not}null`;
  }
  const not = t.reader.acceptWord('not') ? 'not ' : '';
  if (t.reader.acceptWord('in')) return `${left} ${not}in ${parenthesised(t, scope)}`;
  if (t.reader.acceptWord('like')) return `${left} ${not}like ${sum(t, scope)}`;
  if (t.reader.acceptWord('between')) {
    const low = sum(t, scope);
    t.reader.expectWord('and');
    return `${left} ${not}between ${low} and ${sum(t, scope)}`;
  }
  if (not) throw t.reader.unexpected('IN, LIKE or BETWEEN');
  return left;
}

function sum(t: Translation, scope: Scope): string {
  let sql = product(t, scope);
  while (t.reader.isSymbol('+', '-', '||')) sql += ` ${t.reader.next().text} ${product(t, scope)}`;
  return sql;
}

function product(t: Translation, scope: Scope): string {
  let sql = primary(t, scope);
  while (t.reader.isSymbol('*', '/')) sql += ` ${t.reader.next().text} ${primary(t, scope)}`;
  return sql;
}

function primary(t: Translation, scope: Scope): string {
  const token = t.reader.peek();
  if (token.kind === 'string') return quoteText(t.reader.next().text);
  if (token.kind === 'number') return t.reader.next().text;
  if (t.reader.acceptSymbol('?')) return `$${++t.parameters}`;
  if (t.reader.isSymbol('-')) return `${signs(t)}${primary(t, scope)}`;
  if (t.reader.isSymbol('(')) return parenthesised(t, scope);
  if (token.kind !== 'word') throw t.reader.unexpected('An expression');
  if (token.text === 'case') return caseWhen(t, scope);
  if (token.text === 'null') return (t.reader.next(), 'null');
  if (token.text === 'sysdate' || token.text === 'current_date') return (t.reader.next(), 'localtimestamp(0)');
  if (token.text === 'exists') return (t.reader.next(), `exists ${parenthesised(t, scope)}`);
  return named(t, scope);
}

/** A loop and not a recursion, so that a row of signs cannot exhaust the stack; blanks keep two from becoming a comment. */
function signs(t: Translation): string {
  let sql = '';
  while (t.reader.acceptSymbol('-')) sql += '- ';
  if (sql.length > 32) throw new SuiteQlError('The query is nested too deeply.');
  return sql;
}

function parenthesised(t: Translation, scope: Scope): string {
  t.reader.expectSymbol('(');
  const parts: string[] = [];
  if (t.reader.isWord('select')) parts.push(t.subquery(t, scope).sql);
  else {
    do parts.push(expression(t, scope));
    while (t.reader.acceptSymbol(','));
  }
  t.reader.expectSymbol(')');
  return `(${parts.join(', ')})`;
}

function caseWhen(t: Translation, scope: Scope): string {
  t.reader.expectWord('case');
  let sql = 'case';
  if (!t.reader.isWord('when')) sql += ` ${expression(t, scope)}`;
  while (t.reader.acceptWord('when')) {
    sql += ` when ${expression(t, scope)}`;
    t.reader.expectWord('then');
    sql += ` then ${expression(t, scope)}`;
  }
  if (t.reader.acceptWord('else')) sql += ` else ${expression(t, scope)}`;
  t.reader.expectWord('end');
  return `${sql} end`;
}

/** A column, `alias.column`, a function call or `BUILTIN.DF(column)`. */
function named(t: Translation, scope: Scope): string {
  const name = t.reader.next().text;
  if (name === 'builtin' && t.reader.acceptSymbol('.')) return displayField(t, scope);
  if (t.reader.isSymbol('(')) return call(t, scope, name);
  if (keywords.has(name)) throw new SuiteQlError(`Unexpected '${name.toUpperCase()}'.`);
  if (t.reader.acceptSymbol('.')) return column(scope, t.reader.next().text, name);
  if (scope.orderBy && scope.aliases.has(name)) return `"${name}"`;
  return column(scope, name);
}

function displayField(t: Translation, scope: Scope): string {
  t.reader.expectWord('df');
  t.reader.expectSymbol('(');
  const first = t.reader.next().text;
  const second = t.reader.acceptSymbol('.') ? t.reader.next().text : null;
  t.reader.expectSymbol(')');
  const [name, alias] = second === null ? [first, undefined] : [second, first];
  try {
    return column(scope, `${name}__df`, alias);
  } catch {
    return `${column(scope, name, alias)}::text`;
  }
}

function call(t: Translation, scope: Scope, name: string): string {
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!known) throw new SuiteQlError(`Unknown identifier. Function ${name.toUpperCase()} is not supported.`);
  t.reader.expectSymbol('(');
  if (name === 'count' && t.reader.acceptSymbol('*')) {
    t.reader.expectSymbol(')');
    return 'count(*)';
  }
  const distinct = t.reader.acceptWord('distinct') ? 'distinct ' : '';
  const parts = [expression(t, scope)];
  while (t.reader.acceptSymbol(',')) parts.push(expression(t, scope));
  t.reader.expectSymbol(')');
  if (parts.length < known.min || parts.length > known.max) {
    throw new SuiteQlError(`Wrong number of arguments for ${name.toUpperCase()}.`);
  }
  const sql = `${known.sql}(${distinct}${parts.join(', ')})`;
  // A date that no column is part of is read once and not for every row.
  return known.sql === 'ns_to_date' && !sql.includes('"') ? `(select ${sql})` : sql;
}

function column(scope: Scope, name: string, alias?: string): string {
  for (let s: Scope | null = scope; s; s = s.outer) {
    const owners = [...s.tables].filter(([a, columns]) => (alias === undefined || a === alias) && columns.has(name));
    if (owners.length > 1) throw new SuiteQlError(`Field '${name}' is ambiguous.`);
    if (owners[0]) return `"${owners[0][0]}"."${name}"`;
  }
  throw new SuiteQlError(`Unknown identifier. Field '${name}' was not found.`);
}

function quoteText(text: string): string {
  if (text.includes('\0')) throw new SuiteQlError('Invalid character in a text literal.');
  return `'${text.replaceAll("'", "''")}'`;
}
