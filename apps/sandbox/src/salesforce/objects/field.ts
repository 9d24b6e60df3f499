/** What a field holds. `currency`, `number` and `percent` are decimal text on our side, from source text to wire. */
export type FieldKind =
  | 'id'
  | 'reference'
  | 'string'
  | 'picklist'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'currency'
  | 'number'
  | 'percent'
  | 'int';

export interface Field {
  readonly column: string;
  readonly kind: FieldKind;
  /** False for what Salesforce itself fills: ids, stamps, auto numbers, computed values. */
  readonly writable: boolean;
  readonly required: boolean;
  /** Of text kinds; 0 otherwise. */
  readonly maxLength: number;
  /** Digits in front of the decimal point that a numeric kind takes. More behind it are stored as sent, as the API does. */
  readonly integerDigits: number;
  /** API name of the object that a `reference` points to; undefined where this org keeps no such records (users). */
  readonly references?: string;
  /** Deleting the record referred to deletes this one too; a master-detail field also cannot be changed later. */
  readonly cascade?: 'lookup' | 'master';
  /** Value of a new record that gives none. */
  readonly initial?: string | boolean;
  /** An auto number: prefix and padded digits. */
  readonly auto?: { readonly prefix: string; readonly digits: number };
  /** SQL over this row's own columns; stored by the database as a generated column. */
  readonly computed?: string;
  readonly externalId?: true;
  /** Whether change events carry it. */
  readonly captured: boolean;
}

/** One field value as it is stored: decimal text for numeric kinds, ISO text for dates; null clears it. */
export type Values = Readonly<Record<string, string | boolean | null>>;

/** A compound of change events: its Avro record and which field each part comes from. */
export interface Compound {
  readonly record: 'Address';
  readonly parts: Readonly<Record<string, string>>;
}

/** An object of the org, as data: what REST, SOQL and change data capture know of it. */
export interface SObject {
  /** API name. */
  readonly name: string;
  readonly table: string;
  /** First three characters of its ids. */
  readonly prefix: string;
  /** In the order in which answers and change events show them. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly compounds: Readonly<Record<string, Compound>>;
  /** Whether `Name` may be a person's name, as on Account: its type in change events is a union. */
  readonly personName: boolean;
  /** Adds what follows from the values given, before they are stored. */
  readonly derive?: (values: Values) => Values;
  /** The fault of a create that the object's own rules refuse. */
  readonly refuseCreate?: (
    values: Values,
  ) => { readonly code: string; readonly message: string; readonly field: string } | null;
}

const plain = { writable: true, required: false, maxLength: 0, integerDigits: 0, captured: true } as const;
/** Tax_Id__c becomes tax_id, CloseDate close_date. */
export const columnOf = (name: string): string =>
  name
    .replace(/__c$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();

type Options = Partial<Omit<Field, 'kind'>>;
type Make = (name: string, options?: Options) => Readonly<Record<string, Field>>;
const make =
  (kind: FieldKind, defaults: Options = {}): Make =>
  (name, options = {}) => ({ [name]: { ...plain, column: columnOf(name), kind, ...defaults, ...options } });

export const text = (name: string, maxLength: number, options: Options = {}): Readonly<Record<string, Field>> =>
  make('string', { maxLength })(name, options);
export const picklist = make('picklist', { maxLength: 255 });
export const boolean = make('boolean', { initial: false });
export const date = make('date');
export const currency = make('currency', { integerDigits: 16 });
export const number = make('number', { integerDigits: 14 });
export const percent = make('percent', { integerDigits: 5 });
export const int = make('int', { integerDigits: 9 });
export const autonumber = (name: string, prefix: string, digits: number): Readonly<Record<string, Field>> =>
  make('string', { writable: false, auto: { prefix, digits } })(name);
/** A text field flagged "External ID". Not unique, as Salesforce allows, so that an ambiguous upsert (300) can happen. */
export const externalId = (name: string): Readonly<Record<string, Field>> => text(name, 80, { externalId: true });
export const reference = (name: string, references: string, options: Options = {}): Readonly<Record<string, Field>> =>
  make('reference', { maxLength: 18, references })(name, options);
export const computed = (name: string, kind: FieldKind, sql: string): Readonly<Record<string, Field>> =>
  make(kind, { writable: false, computed: sql })(name);

/** Leads every object. */
export const ID: Readonly<Record<string, Field>> = make('id', { writable: false, captured: false })('Id');
/** Of every object; ids of users are taken as they are. */
export const STAMPS: Readonly<Record<string, Field>> = {
  ...make('boolean', { writable: false, captured: false })('IsDeleted'),
  ...make('datetime', { writable: false })('CreatedDate'),
  ...make('datetime', { writable: false })('LastModifiedDate'),
  ...make('datetime', { writable: false, captured: false })('SystemModstamp'),
};
export const CURRENCY: Readonly<Record<string, Field>> = picklist('CurrencyIsoCode', { maxLength: 3, initial: 'USD' });
