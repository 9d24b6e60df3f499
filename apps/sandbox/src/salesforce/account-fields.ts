import { SalesforceFault, type ApiFault } from './errors.ts';
import { normaliseId } from './record-id.ts';

export type FieldType = 'id' | 'string' | 'boolean' | 'datetime';
export interface Field {
  readonly column: string;
  readonly type: FieldType;
  readonly maxLength: number;
  readonly writable: boolean;
}

const text = (column: string, maxLength: number): Field => ({ column, type: 'string', maxLength, writable: true });
const system = (column: string, type: FieldType): Field => ({ column, type, maxLength: 0, writable: false });
const address = (kind: 'Billing' | 'Shipping'): Record<string, Field> =>
  Object.fromEntries(
    (
      [
        ['Street', 255],
        ['City', 40],
        ['State', 80],
        ['PostalCode', 20],
        ['Country', 80],
      ] as const
    ).map(([part, length]) => [kind + part, text(`${kind}_${part}`.toLowerCase(), length)]),
  );

/** Account as this org defines it: API name to column. It is also the whitelist from which SQL is composed. */
export const ACCOUNT_FIELDS: Readonly<Record<string, Field>> = {
  Id: system('id', 'id'),
  Name: text('name', 255),
  AccountNumber: text('account_number', 40),
  Type: text('type', 255),
  ...address('Billing'),
  ...address('Shipping'),
  CurrencyIsoCode: text('currency_iso_code', 3),
  Tax_Id__c: text('tax_id', 40),
  Payment_Terms__c: text('payment_terms', 80),
  External_Id__c: text('external_id', 80),
  ParentId: { column: 'parent_id', type: 'id', maxLength: 18, writable: true },
  OwnerId: { column: 'owner_id', type: 'id', maxLength: 18, writable: true },
  IsDeleted: system('is_deleted', 'boolean'),
  CreatedDate: system('created_date', 'datetime'),
  LastModifiedDate: system('last_modified_date', 'datetime'),
  SystemModstamp: system('system_modstamp', 'datetime'),
};

/** Fields flagged "External ID". Not unique, as Salesforce allows, so that an ambiguous upsert (300) can happen. */
export const EXTERNAL_ID_FIELDS: readonly string[] = ['External_Id__c'];

const byLowerCase = new Map(Object.keys(ACCOUNT_FIELDS).map((name) => [name.toLowerCase(), name]));

/** API name of a field written in any case, as SOQL and JSON bodies allow. */
export function fieldName(written: string): string | undefined {
  return byLowerCase.get(written.toLowerCase());
}

/** A field value as it is stored; null clears it. */
export type AccountValues = Readonly<Record<string, string | null>>;

/** Checks the body of a write. @throws SalesforceFault 400 in the vendor's words */
export function checkWrite(body: unknown, mode: 'create' | 'update'): AccountValues {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new SalesforceFault(
      400,
      'JSON_PARSER_ERROR',
      'The HTTP entity body is required, but this request has no entity body.',
    );
  const values = Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => name !== 'attributes')
      .map(([name, value]) => checkField(name, value)),
  );
  const missing = mode === 'create' ? !values['Name'] : values['Name'] === null;
  if (missing)
    throw new SalesforceFault(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [Name]', ['Name']);
  return values;
}

function checkField(written: string, value: unknown): [string, string | null] {
  const name = fieldName(written);
  if (name === undefined)
    throw new SalesforceFault(400, 'INVALID_FIELD', `No such column '${written}' on sobject of type Account`);
  const field = ACCOUNT_FIELDS[name]!;
  const fail = (code: string, message: string): never => {
    throw new SalesforceFault(400, code, message, [name]);
  };
  if (!field.writable)
    return fail(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    );
  if (value === null || value === '') return [name, null];
  if (typeof value !== 'string')
    return fail('JSON_PARSER_ERROR', `Cannot deserialize instance of string from value ${JSON.stringify(value)}`);
  if (value.includes('\u0000')) return fail('JSON_PARSER_ERROR', `${name}: illegal character`);
  if (field.type === 'id')
    return [name, normaliseId(value) ?? fail('MALFORMED_ID', `${name}: id value of incorrect type: ${value}`)];
  if (value.length > field.maxLength)
    return fail('STRING_TOO_LONG', `${name}: data value too large: ${value} (max length=${field.maxLength})`);
  return [name, value];
}

/** The per-item form of an error in a collection's answer. */
export function itemError({ code, message, fields }: ApiFault): object {
  return { statusCode: code, message, fields: fields ?? [] };
}
