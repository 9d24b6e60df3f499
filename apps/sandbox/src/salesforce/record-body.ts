import { isObject, NumberText, type ExactJson } from '../netsuite/exact-json.ts';
import { fieldName } from './catalog.ts';
import { SalesforceFault, type ApiFault } from './errors.ts';
import type { Field, SObject, Values } from './objects/field.ts';
import { normaliseId } from './record-id.ts';

type Mode = 'create' | 'update';

/** Checks the body of a write. @throws SalesforceFault 400 in the vendor's words */
export function checkWrite(object: SObject, body: unknown, mode: Mode): Values {
  if (!isObject(body as ExactJson))
    throw new SalesforceFault(
      400,
      'JSON_PARSER_ERROR',
      'The HTTP entity body is required, but this request has no entity body.',
    );
  const given = Object.fromEntries(
    Object.entries(body as object)
      .filter(([name]) => name !== 'attributes')
      .map(([name, value]) => checkField(object, name, value as ExactJson, mode)),
  );
  const values = object.derive?.(given) ?? given;
  return mode === 'create' ? checkCreate(object, { ...initialValues(object), ...values }) : checkUpdate(object, values);
}

function initialValues(object: SObject): Values {
  return Object.fromEntries(
    Object.entries(object.fields).flatMap(([name, { initial }]) => (initial === undefined ? [] : [[name, initial]])),
  );
}

function checkCreate(object: SObject, values: Values): Values {
  refuseMissing(requiredOf(object).filter((name) => (values[name] ?? null) === null));
  const refusal = object.refuseCreate?.(values) ?? null;
  if (refusal !== null) throw new SalesforceFault(400, refusal.code, refusal.message, [refusal.field]);
  return values;
}

function checkUpdate(object: SObject, values: Values): Values {
  refuseMissing(requiredOf(object).filter((name) => values[name] === null));
  return values;
}

const requiredOf = (object: SObject): string[] =>
  Object.keys(object.fields).filter((name) => object.fields[name]!.required);

function refuseMissing(missing: readonly string[]): void {
  if (missing.length > 0)
    throw new SalesforceFault(
      400,
      'REQUIRED_FIELD_MISSING',
      `Required fields are missing: [${missing.join(', ')}]`,
      missing,
    );
}

function checkField(object: SObject, written: string, value: ExactJson, mode: Mode): [string, string | boolean | null] {
  const name = fieldName(object, written);
  if (name === undefined)
    throw new SalesforceFault(400, 'INVALID_FIELD', `No such column '${written}' on sobject of type ${object.name}`);
  const field = object.fields[name]!;
  if (!field.writable || (mode === 'update' && field.cascade === 'master'))
    throw new SalesforceFault(
      400,
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      [name],
    );
  return [name, readValue(name, field, value)];
}

type Fail = (code: string, message: string) => never;

function readValue(name: string, field: Field, value: ExactJson): string | boolean | null {
  const fail: Fail = (code, message) => {
    throw new SalesforceFault(400, code, message, [name]);
  };
  if (value === null || value === '') return field.kind === 'boolean' ? false : null;
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : fail('JSON_PARSER_ERROR', cannot('boolean', value));
    case 'currency':
    case 'number':
    case 'percent':
    case 'int':
      return readNumber(name, field, value, fail);
    default:
      return readText(name, field, value, fail);
  }
}

/** Decimal text exactly as sent, an exponent worked out by the database. */
function readNumber(name: string, field: Field, value: ExactJson, fail: Fail): string {
  const text = value instanceof NumberText ? value.text : typeof value === 'string' ? value : '';
  const wanted = field.kind === 'int' ? /^-?\d{1,18}$/ : /^-?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?$/;
  if (!wanted.test(text)) return fail('JSON_PARSER_ERROR', cannot(field.kind === 'int' ? 'int' : 'double', value));
  if (Math.abs(Number(text)) >= 10 ** field.integerDigits)
    return fail('NUMBER_OUTSIDE_VALID_RANGE', `${name}: value outside of valid range on numeric field: ${text}`);
  return text;
}

function readText(name: string, field: Field, value: ExactJson, fail: Fail): string {
  if (typeof value !== 'string') return fail('JSON_PARSER_ERROR', cannot('string', value));
  if (value.includes('\u0000')) return fail('JSON_PARSER_ERROR', `${name}: illegal character`);
  switch (field.kind) {
    case 'id':
    case 'reference':
      return normaliseId(value) ?? fail('MALFORMED_ID', `${name}: id value of incorrect type: ${value}`);
    case 'date':
      return isDate(value) ? value : fail('JSON_PARSER_ERROR', cannot('date', value));
    case 'datetime':
      return Number.isNaN(Date.parse(value)) ? fail('JSON_PARSER_ERROR', cannot('datetime', value)) : value;
    default:
      return value.length <= field.maxLength
        ? value
        : fail('STRING_TOO_LONG', `${name}: data value too large: ${value} (max length=${field.maxLength})`);
  }
}

export function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

const cannot = (wanted: string, value: ExactJson): string =>
  `Cannot deserialize instance of ${wanted} from value ${value instanceof NumberText ? value.text : JSON.stringify(value)}`;

/** The per-item form of an error in a collection's answer. */
export function itemError({ code, message, fields }: ApiFault): object {
  return { statusCode: code, message, fields: fields ?? [] };
}
