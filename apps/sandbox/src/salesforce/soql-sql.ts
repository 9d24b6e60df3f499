import { ACCOUNT_FIELDS, fieldName, type Field } from './account-fields.ts';
import { SalesforceFault } from './errors.ts';
import { normaliseId } from './record-id.ts';
import type { Condition, Literal, SoqlQuery } from './soql.ts';

/** A statement whose text holds only whitelisted columns and placeholders; every literal is a parameter. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** What to run for a query: API names of the fields in order, and the SQL that returns their columns. */
export interface CompiledQuery extends Statement {
  readonly fields: readonly string[];
}

const MAX_ROWS = 50_000;

/** @throws SalesforceFault INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY */
export function compileSoql(query: SoqlQuery, options: { readonly includeDeleted: boolean }): CompiledQuery {
  if (query.object.toLowerCase() !== 'account')
    throw new SalesforceFault(400, 'INVALID_TYPE', `sObject type '${query.object}' is not supported.`);
  const parameters: unknown[] = [];
  const fields = query.fields.map((name) => resolve(name).name);
  const columns =
    fields.length === 0 ? 'count(*)::int as total' : fields.map((name) => ACCOUNT_FIELDS[name]!.column).join(', ');
  const conditions = [
    ...(options.includeDeleted ? [] : ['not is_deleted']),
    ...(query.where === undefined ? [] : [conditionSql(query.where, parameters)]),
  ];
  const text = [
    `select ${columns} from account`,
    conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`,
    fields.length === 0 ? '' : orderSql(query),
    `limit ${Math.min(query.limit ?? MAX_ROWS, MAX_ROWS)}`,
  ];
  return { fields, text: text.filter(Boolean).join(' '), parameters };
}

function resolve(written: string): { name: string; field: Field } {
  const name = fieldName(written);
  if (name === undefined)
    throw new SalesforceFault(
      400,
      'INVALID_FIELD',
      `No such column '${written}' on entity 'Account'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.`,
    );
  return { name, field: ACCOUNT_FIELDS[name]! };
}

function orderSql(query: SoqlQuery): string {
  if (query.orderBy.length === 0) return 'order by id collate "C"';
  const keys = query.orderBy.map(({ field, descending, nullsLast }) => {
    const { column, type } = resolve(field).field;
    return `${column}${type === 'id' ? ' collate "C"' : ''} ${descending ? 'desc' : 'asc'} nulls ${nullsLast ? 'last' : 'first'}`;
  });
  return `order by ${keys.join(', ')}`;
}

function conditionSql(condition: Condition, parameters: unknown[]): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.operands.map((operand) => conditionSql(operand, parameters)).join(` ${condition.kind} `)})`;
    case 'not':
      return `not coalesce(${conditionSql(condition.operand, parameters)}, false)`;
    case 'compare':
      return comparisonSql(condition, parameters);
  }
}

function comparisonSql(
  { field: written, operator, values }: Extract<Condition, { kind: 'compare' }>,
  parameters: unknown[],
): string {
  const { name, field } = resolve(written);
  const left = operand(field.column, field);
  const bind = (literal: Literal): string => {
    parameters.push(literalValue(name, field, literal));
    return operand(`$${parameters.length}::${SQL_TYPES[field.type]}`, field);
  };
  if (values[0]!.kind === 'null' && values.length === 1) return nullSql(field.column, operator);
  switch (operator) {
    case 'IN':
    case 'NOT IN':
      return `${left} ${operator.toLowerCase()} (${values.map(bind).join(', ')})`;
    case 'LIKE':
      if (field.type !== 'string') throw invalidOperator();
      return `${left} like ${bind(values[0]!)}`;
    case '!=': // In SOQL a null is different from every value.
      return `${left} is distinct from ${bind(values[0]!)}`;
    default:
      return `${left} ${operator} ${bind(values[0]!)}`;
  }
}

const SQL_TYPES = { id: 'text', string: 'text', boolean: 'boolean', datetime: 'timestamptz' } as const;

/** Text compares without case in SOQL; ids compare byte by byte, so that a keyset over them is total. */
function operand(sql: string, field: Field): string {
  if (field.type === 'string') return `lower(${sql})`;
  return field.type === 'id' ? `${sql} collate "C"` : sql;
}

function nullSql(column: string, operator: string): string {
  if (operator === '=') return `${column} is null`;
  if (operator === '!=') return `${column} is not null`;
  throw invalidOperator();
}

function invalidOperator(): SalesforceFault {
  return new SalesforceFault(400, 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator');
}

function literalValue(name: string, field: Field, literal: Literal): unknown {
  const wanted = field.type === 'id' ? 'string' : field.type;
  if (literal.kind !== wanted)
    throw wrongType(name, field.type === 'datetime' ? 'dateTime' : wanted, wanted !== 'string');
  if (field.type === 'id') return normaliseId(literal.value as string) ?? invalidId(name, literal.value as string);
  if (literal.kind === 'datetime') return instant(literal.value, name);
  return literal.value;
}

function wrongType(name: string, wanted: string, bare: boolean): SalesforceFault {
  const quotes = bare ? 'should not be enclosed in quotes' : 'should be enclosed in quotes';
  return new SalesforceFault(
    400,
    'INVALID_FIELD',
    `value of filter criterion for field '${name}' must be of type ${wanted} and ${quotes}`,
  );
}

function invalidId(name: string, value: string): never {
  throw new SalesforceFault(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${name} ${value}`);
}

function instant(text: string, name: string): string {
  const date = new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(date.getTime())) throw wrongType(name, 'dateTime', true);
  return date.toISOString();
}
