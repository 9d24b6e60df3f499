import type {
  ControlTotal,
  Customer,
  DecimalString,
  ErpCommand,
  SnapshotRequest,
  StateTopicName,
  ValueOf,
} from '@tieout/canonical';
import type { SnapshotReading } from '@tieout/messaging';
import type { BillWriter } from './bill.ts';
import type { Mapped } from './fate.ts';
import type { AskedOrder, OrderPlan, StandingOrder } from './order.ts';
import type { OwnedFields } from './three-way.ts';

/**
 * One ERP instance as erp-adapter sees it: what it reads as states of our topics, and what it writes. The connector of each
 * vendor makes one. Every method that calls the vendor throws TransientError, DataError or MisconfiguredError.
 */
export interface Erp {
  /** Of `source`, cross-references and snapshot requests: `netsuite`, `sap-s4hana`. */
  readonly system: string;
  readonly instance: string;
  readonly customers: CustomerReader;
  readonly orders: RecordReader<'finance.order.v1', OrderRecordRead>;
  /** Documents that move a customer's balance. */
  readonly documents: readonly (
    | RecordReader<'finance.invoice.v1', DocumentRecordRead>
    | RecordReader<'finance.payment.v1', DocumentRecordRead>
    | RecordReader<'finance.credit-memo.v1', DocumentRecordRead>
  )[];
  /** What is few and has no reliable change stamp: every poll reads all of it, what is missing was deleted. */
  readonly dimensions: readonly DimensionReader<StateTopicName>[];
  /** Count and sums by legal entity, month and currency as the ERP itself computes them. */
  totals(signal: AbortSignal): Promise<readonly TotalRead[]>;
  readonly snapshots: {
    readonly objects: readonly string[];
    read(request: Pick<SnapshotRequest, 'object' | 'cutOff'>, signal: AbortSignal): Promise<SnapshotReading>;
  };
  readonly customerWriter: CustomerWriter;
  readonly orderWriter: OrderWriter;
  /** When the certificate ends that calls sign in with; absent or null where there is none, or nobody told us. */
  readonly certificateExpiresAt?: Date | null;
  /** Where the vendor moves open items without moving their stamps: what a nightly compare holds the published states against. */
  readonly openItems?: OpenItemReader;
  /** Our customer id as the ERP can hold it, where its field is too short for it: `KnownCustomers.byExternalKey` leads back. */
  customerKey?(customerId: string): string;
  /** What the ERP announces by itself; absent where nothing does. The streams poll all the same: an announcement may be lost. */
  readonly notifications?: Notifications;
  /** Bills orders; absent where the ERP has no interface for it. */
  readonly billWriter?: BillWriter;
}

/** Announcements that records have changed. */
export interface Notifications {
  /** Those that have come; empty when none has. Not acknowledged, they come again. */
  receive(signal: AbortSignal): Promise<readonly Notification[]>;
}

/** Nothing more than: read these again. */
export interface Notification {
  /** Name of the stream whose records these are, one that reads by ids. */
  readonly stream: string;
  readonly vendorIds: readonly string[];
  acknowledge(signal: AbortSignal): Promise<void>;
}

/** Every open item of a stream as it stands now. */
export interface OpenItemReader {
  /** Name of the stream whose records these are, one that reads by ids; what differs is read again by it. */
  readonly stream: string;
  read(signal: AbortSignal): Promise<readonly OpenItem[]>;
}

/** What is compared with the published state of the same record. An item that is not listed is not open. */
export interface OpenItem {
  readonly vendorId: string;
  readonly open: DecimalString;
}

export type StateOf<T extends StateTopicName> = Omit<ValueOf<T>, 'revision'>;

/** A vendor's record and what became of it. */
export interface RecordRead<V> {
  readonly vendorId: string;
  readonly mapped: Mapped<V>;
}

export interface CustomerRecordRead extends RecordRead<StateOf<'finance.customer-account.v1'>> {
  /** What it says in the fields that the CRM owns; null when it is no customer of ours. */
  readonly owned: { readonly customerId: string; readonly fields: OwnedFields } | null;
}

export interface OrderRecordRead extends RecordRead<StateOf<'finance.order.v1'>> {
  /** The contract under whose external id it stands; null when somebody else made it. */
  readonly contractId: string | null;
  readonly standing: Mapped<StandingOrder>;
}

export type DocumentState =
  StateOf<'finance.invoice.v1'> | StateOf<'finance.payment.v1'> | StateOf<'finance.credit-memo.v1'>;

export interface DocumentRecordRead<V extends DocumentState = DocumentState> extends RecordRead<V> {
  /** Vendor id of the customer whose balance it moves. */
  readonly customer: string | null;
}

/** Where a stream stands: plain JSON, of the connector alone; null before the first reading. */
export type Cursor = unknown;

/** One step of a stream. */
export interface Page<R> {
  readonly records: readonly R[];
  /** Vendor ids of records that were deleted for good. */
  readonly deleted: readonly string[];
  readonly next: Cursor;
  /** There is more to read at once. */
  readonly more: boolean;
  /** False when nothing but a clock moved, which is not worth a transaction. */
  readonly worthStoring: boolean;
}

/** A stream of changed records: the first reading takes everything, each further one what changed since. */
export interface RecordReader<T extends StateTopicName, R extends RecordRead<unknown>> {
  /** Name of the stream, e.g. `invoice`. Never change it: the cursor is stored under it. */
  readonly stream: string;
  readonly topic: T;
  readonly objectType: string;
  /**
   * What changed after the cursor, mapped. A record whose parts did not fit together has been read again once, by id.
   * Deletions are read after the records, so that none is overtaken by its record.
   */
  read(cursor: Cursor, signal: AbortSignal): Promise<Page<R>>;
  /** Current records by vendor id; those that are gone are left out. Without it nothing is read but by the stream. */
  byIds?(vendorIds: readonly string[], signal: AbortSignal): Promise<readonly R[]>;
  /** Canonical id of a record, also of one that could not be mapped. */
  keyOf(vendorId: string): string;
  asDeleted(value: StateOf<T>): StateOf<T>;
}

export interface CustomerReader extends RecordReader<'finance.customer-account.v1', CustomerRecordRead> {
  /** Current records by vendor id; those that are gone are left out. */
  byIds(vendorIds: readonly string[], signal: AbortSignal): Promise<readonly CustomerRecordRead[]>;
}

/** Everything of a kind at once. */
export interface DimensionReader<T extends StateTopicName> {
  readonly stream: string;
  readonly topic: T;
  readonly objectType: string;
  read(signal: AbortSignal): Promise<readonly RecordRead<StateOf<T>>[]>;
  keyOf(vendorId: string): string;
  asDeleted(value: StateOf<T>): StateOf<T>;
}

export interface TotalRead {
  /** Key of the total, known also of one that could not be mapped. */
  readonly key: string;
  /** For people: `invoice/1/2026-01/EUR`. */
  readonly group: string;
  readonly mapped: Mapped<Omit<ControlTotal, 'revision'>>;
}

/** The part of a customer that can be brought into an ERP. */
export type CustomerContent = Pick<
  Customer,
  | 'customerId'
  | 'accountNumber'
  | 'name'
  | 'legalName'
  | 'taxId'
  | 'currency'
  | 'lifecycle'
  | 'paymentTerms'
  | 'billingAddress'
>;

/** Brings customers into the ERP. Whoever calls has one item a customer under way. */
export interface CustomerWriter {
  /** What the ERP should say. @throws DataError `customer-incomplete` naming everything that is missing at once */
  asked(customer: CustomerContent): OwnedFields;
  read(
    customerId: string,
    signal: AbortSignal,
  ): Promise<{ readonly vendorId: string; readonly fields: OwnedFields } | null>;
  /**
   * Creates it and answers the vendor id. Safe to repeat where the vendor takes our key; elsewhere an unknown outcome is
   * thrown as such, and `read` finds what became of it. `legalEntities`: codes of the entities that need it.
   */
  create(customer: CustomerContent, legalEntities: readonly string[], signal: AbortSignal): Promise<string>;
  update(
    target: { readonly customerId: string; readonly vendorId: string },
    fields: OwnedFields,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Adds what the customer needs in these legal entities (codes), where it is missing: company code and sales area. Safe to
   * repeat. Without it a customer is good for every legal entity once it stands, and an order waits for nothing else.
   */
  extend?(
    target: { readonly customerId: string; readonly vendorId: string },
    customer: CustomerContent,
    legalEntities: readonly string[],
    signal: AbortSignal,
  ): Promise<void>;
}

/** Has sales orders stand in the ERP as commands ask. */
export interface OrderWriter {
  /** A command in the ERP's own ids. @throws DataError naming what the ERP does not have */
  asked(command: ErpCommand, signal: AbortSignal): Promise<AskedOrder>;
  /** The order under this contract's key as it stands, or null. @throws DataError `order-unreadable` */
  read(contractId: string, signal: AbortSignal): Promise<StandingOrder | null>;
  /** Carries out a plan of kind create or change. Outcome unknown is thrown as such. */
  write(
    asked: AskedOrder,
    plan: Extract<OrderPlan, { readonly kind: 'create' | 'change' }>,
    standing: StandingOrder | null,
    signal: AbortSignal,
  ): Promise<void>;
  /** Canonical id of an order. */
  idOf(vendorId: string): string;
}

/** What a connector asks the adapter: which of our customers a vendor's record names. Unknown ones are absent. */
export interface KnownCustomers {
  /** Canonical customer ids by the ERP's customer number. */
  byVendorId(vendorIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Canonical customer ids by the connector's external key (`CustomerKey`), where that is shorter than our id. */
  byExternalKey(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Lets calls to one vendor account through: its limit is shared by all replicas, all streams and all work. */
export interface CallBudget {
  /** Waits for a place, runs the call, gives the place back. Lower classes wait for higher ones. */
  run<T>(use: CallUse, call: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The vendor said that too many calls are under way: fewer for a while. */
  overloaded?(): void;
}

/** Whose turn is first: a step of a process, reading changes, filling up history. */
export type CallUse = 'process' | 'read' | 'backfill';
