import { fieldName } from './catalog.ts';
import { SalesforceFault } from './errors.ts';
import type { Field, FieldKind, SObject } from './objects/field.ts';
import { isDate } from './record-body.ts';
import { normaliseId } from './record-id.ts';
import type { Condition, Literal } from './soql.ts';

/** A field by its name as written in a query. @throws SalesforceFault INVALID_FIELD */
export function namedField(object: SObject, written: string): { readonly name: string; readonly field: Field } {
  const name = fieldName(object, written);
  if (name === undefined)
    throw new SalesforceFault(
      400,
      'INVALID_FIELD',
      `No such column '${written}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.`,
    );
  return { name, field: object.fields[name]! };
}

/** SQL of a WHERE clause; its literals are appended to `parameters`. */
export function conditionSql(object: SObject, condition: Condition, parameters: unknown[]): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const operands = condition.operands.map((operand) => conditionSql(object, operand, parameters));
      return `(${operands.join(` ${condition.kind} `)})`;
    }
    case 'not':
      return `not coalesce(${conditionSql(object, condition.operand, parameters)}, false)`;
    case 'compare':
      return comparisonSql(object, condition, parameters);
  }
}

function comparisonSql(
  object: SObject,
  { field: written, operator, values }: Extract<Condition, { kind: 'compare' }>,
  parameters: unknown[],
): string {
  const { name, field } = namedField(object, written);
  const left = operand(field.column, field);
  const bind = (literal: Literal): string => {
    parameters.push(literalValue(name, field, literal));
    return operand(`$${parameters.length}::${PARAMETER_TYPES[field.kind]}`, field);
  };
  if (values[0]!.kind === 'null' && values.length === 1) return nullSql(field.column, operator);
  switch (operator) {
    case 'IN':
    case 'NOT IN':
      return `${left} ${operator.toLowerCase()} (${values.map(bind).join(', ')})`;
    case 'LIKE':
      if (!isText(field)) throw invalidOperator();
      return `${left} like ${bind(values[0]!)}`;
    case '!=': // In SOQL a null is different from every value.
      return `${left} is distinct from ${bind(values[0]!)}`;
    default:
      return `${left} ${operator} ${bind(values[0]!)}`;
  }
}

const PARAMETER_TYPES: Readonly<Record<FieldKind, string>> = {
  id: 'text',
  reference: 'text',
  string: 'text',
  picklist: 'text',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamptz',
  currency: 'numeric',
  number: 'numeric',
  percent: 'numeric',
  int: 'numeric',
};

const LITERALS: Readonly<Record<FieldKind, Literal['kind']>> = {
  id: 'string',
  reference: 'string',
  string: 'string',
  picklist: 'string',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  currency: 'number',
  number: 'number',
  percent: 'number',
  int: 'number',
};

const isText = ({ kind }: Field): boolean => kind === 'string' || kind === 'picklist';
const isId = ({ kind }: Field): boolean => kind === 'id' || kind === 'reference';

/** Text compares without case in SOQL; ids compare byte by byte, so that a keyset over them is total. */
function operand(sql: string, field: Field): string {
  if (isText(field)) return `lower(${sql})`;
  return isId(field) ? `${sql} collate "C"` : sql;
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
  const wanted = LITERALS[field.kind];
  if (literal.kind === 'null' || literal.kind !== wanted)
    throw wrongType(
      name,
      wanted === 'datetime' ? 'dateTime' : wanted === 'number' ? 'double' : wanted,
      wanted !== 'string',
    );
  if (isId(field)) return normaliseId(literal.value as string) ?? invalidId(name, literal.value as string);
  if (literal.kind === 'datetime') return instant(literal.value, name);
  if (literal.kind === 'date' && !isDate(literal.value)) throw wrongType(name, 'date', true);
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
