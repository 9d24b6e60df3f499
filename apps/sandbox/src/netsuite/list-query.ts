import { readShownDate, type DateFormat } from './date-format.ts';
import { NetSuiteProblem } from './problem.ts';
import { readNumber } from './record-body.ts';
import type { Field, RecordType } from './record-types.ts';

/** The record API's `q`: conditions joined by AND. */
export interface ListCondition {
  /** SQL over alias `t`, its parameters from `$1` on. */
  readonly sql: string;
  readonly values: readonly string[];
}

const shape = /^\s*(\w+)\s+([A-Z_]+)(?:\s+(?:"([^"]*)"|([^\s"]+)))?\s*(?:$|AND\s+)/;
const comparisons: Readonly<Record<string, string>> = {
  ...{ EQUAL: '=', EQUAL_NOT: '<>', GREATER: '>', GREATER_OR_EQUAL: '>=', LESS: '<', LESS_OR_EQUAL: '<=' },
  ...{ ON: '=', ON_NOT: '<>', AFTER: '>', ON_OR_AFTER: '>=', BEFORE: '<', ON_OR_BEFORE: '<=' },
};

/** @throws NetSuiteProblem INVALID_PARAMETER, with the vendor's words for a date in another format than the account's */
export function readListQuery(q: string, type: RecordType, format: DateFormat): ListCondition {
  const parts: string[] = [];
  const values: string[] = [];
  for (let rest = q; rest.trim() !== '';) {
    const match = shape.exec(rest);
    if (!match) throw invalid(`Invalid search query. Unexpected text near '${rest.trim().slice(0, 40)}'.`);
    const [whole, name = '', operator = '', quoted, bare] = match;
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (!field || field.sql !== undefined) throw invalid(`Invalid search query. Field '${name}' was not found.`);
    parts.push(condition(field, { name, operator, value: quoted ?? bare ?? null }, format, values));
    rest = rest.slice(whole.length);
  }
  return { sql: parts.join(' and '), values };
}

interface Asked {
  readonly name: string;
  readonly operator: string;
  readonly value: string | null;
}

function condition(field: Field, { name, operator, value }: Asked, format: DateFormat, values: string[]): string {
  const column = `t.${field.column}`;
  if (operator === 'EMPTY' || operator === 'EMPTY_NOT') return `${column} is ${operator === 'EMPTY' ? '' : 'not '}null`;
  if (value === null) throw invalid(`Invalid search query. A value is expected after ${operator}.`);
  const parameter = (text: string): string => `$${values.push(text)}`;
  if (field.kind === 'date' || field.kind === 'timestamp') {
    const iso = readShownDate(format, value);
    if (iso === null) throw invalid(`Invalid search query. Unparseable date: "${value}"`);
    // A time of day does not count here, not even of an instant: the account's date does.
    return `${column}::date ${comparisonOf(operator, name)} ${parameter(iso)}::date`;
  }
  if (field.kind === 'number')
    return `${column} ${comparisonOf(operator, name)} ${parameter(readNumber(name, value))}::numeric`;
  if (field.kind === 'boolean' && operator === 'IS')
    return `${column} = ${parameter(String(value === 'true' || value === 'T'))}::boolean`;
  if (operator === 'IS' || operator === 'EQUAL') return `${column}::text = ${parameter(value)}`;
  if (operator === 'IS_NOT' || operator === 'EQUAL_NOT') return `${column}::text <> ${parameter(value)}`;
  if (operator === 'START_WITH') return `starts_with(lower(${column}::text), lower(${parameter(value)}))`;
  if (operator === 'CONTAIN') return `strpos(lower(${column}::text), lower(${parameter(value)})) > 0`;
  throw wrongOperator(operator, name);
}

function comparisonOf(operator: string, name: string): string {
  const sql = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (sql === undefined) throw wrongOperator(operator, name);
  return sql;
}

function wrongOperator(operator: string, name: string): NetSuiteProblem {
  return invalid(`Invalid search query. The operator ${operator} cannot be used with '${name}'.`);
}

function invalid(detail: string): NetSuiteProblem {
  return new NetSuiteProblem(400, 'INVALID_PARAMETER', detail);
}
