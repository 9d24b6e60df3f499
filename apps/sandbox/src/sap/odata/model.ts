import type { PoolClient } from 'pg';

/** An OData V2 service as data: what it publishes, and which PostgreSQL views and functions of ours stand behind it. */
export interface ODataService {
  /** As in the address: `API_SALES_ORDER_SRV`. */
  readonly name: string;
  readonly entitySets: readonly EntitySet[];
  readonly functions: readonly FunctionImport[];
}

export interface EntitySet {
  /** `A_SalesOrder`; its type is `A_SalesOrderType`. */
  readonly name: string;
  /** View with one column per property, named like it (quoted). Filters, order and paging run on it. */
  readonly view: string;
  readonly keys: readonly string[];
  readonly properties: readonly Property[];
  readonly navigations: readonly Navigation[];
  /** Property whose value is the ETag; null where the type has none. */
  readonly etag: string | null;
  /** Rows of one server-driven page (`__next` with `$skiptoken`); null where the service answers everything. */
  readonly pageSize: number | null;
  /**
   * Properties that are added up: a collection whose `$select` leaves out a key has one row for each combination of the other selected
   * properties (the vendor's "aggregate" semantics). Absent: rows stay rows.
   */
  readonly measures?: readonly string[];
  /** What can be written; absent: read-only (405). */
  readonly create?: (write: Write, values: Values) => Promise<Key>;
  readonly update?: (write: Write, key: Key, changes: Values) => Promise<void>;
  readonly remove?: (write: Write, key: Key) => Promise<void>;
}

export type EdmType =
  | 'Edm.String'
  | 'Edm.Boolean'
  | 'Edm.DateTime'
  | 'Edm.DateTimeOffset'
  | 'Edm.Time'
  | 'Edm.Decimal'
  | 'Edm.Guid'
  | 'Edm.Int32';

export interface Property {
  readonly name: string;
  readonly type: EdmType;
  /** Of a string, in characters. A longer value is refused. */
  readonly maxLength?: number;
  /** Of a decimal. */
  readonly precision?: number;
  readonly scale?: number;
  /** May be sent on creation, on update, on both, or never. */
  readonly writable: 'create' | 'update' | 'both' | 'never';
  /** Release from which it exists (`2020`, `2023`); a sandbox of an older one answers "Property ... not found". */
  readonly since?: number;
}

export interface Navigation {
  /** `to_Item`. */
  readonly name: string;
  /** Entity set of the same service. */
  readonly to: string;
  readonly many: boolean;
  /** Property of this type -> property of the other: equal. */
  readonly on: Readonly<Record<string, string>>;
}

export interface FunctionImport {
  /** `Cancel`. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly parameters: readonly Property[];
  /** Entity set of the answer, of which `run` gives the key; or a complex type, of which it gives the values. */
  readonly returns: string | ComplexType;
  run(write: Write, parameters: Values): Promise<Values>;
}

export interface ComplexType {
  /** `CancelResult`. */
  readonly name: string;
  readonly properties: readonly Property[];
}

/** One write, in the transaction of its request or of its change set. */
export interface Write {
  readonly tx: PoolClient;
  readonly now: Date;
  /** Of the communication user, for created-by. */
  readonly user: string;
  /** Informs that a business object changed; the event goes out (late, twice, in another order) after the commit. */
  announce(event: Announcement): void;
  /** Something to tell about a write that is made all the same: goes back in the header `sap-message`. */
  warn(number: string, texts: Readonly<Record<string, string>>): void;
}

export interface Announcement {
  readonly type: string;
  readonly key: Readonly<Record<string, string>>;
}

/**
 * Values as they come in, checked against the properties: text for strings, decimals (canonical), dates (YYYY-MM-DD), instants
 * (ISO) and times (HH:MM:SS); booleans as such; arrays of the same for a deep insert through a navigation.
 */
export type Values = Readonly<Record<string, string | boolean | number | null | readonly Values[]>>;
export type Key = Readonly<Record<string, string>>;

/**
 * A business error of SAP, thrown by a handler. `number` is the message (`V1/302`); `texts` by language, `en` at least;
 * `details` become `errordetails`.
 */
export class SapError extends Error {
  readonly status: number;
  readonly number: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly details: readonly { readonly number: string; readonly text: string; readonly target: string }[];

  constructor(
    status: number,
    number: string,
    texts: Readonly<Record<string, string>>,
    details: SapError['details'] = [],
  ) {
    super(texts['en'] ?? number);
    this.status = status;
    this.number = number;
    this.texts = texts;
    this.details = details;
  }
}
