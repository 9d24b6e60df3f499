/** The record types of the record API as data: field name on the wire, column, kind. */
export type FieldKind = 'text' | 'boolean' | 'number' | 'date' | 'timestamp' | 'ref' | 'enum';
export type TableName =
  | 'currency'
  | 'subsidiary'
  | 'term'
  | 'item'
  | 'customer'
  | 'transaction'
  | 'department'
  | 'classification'
  | 'accountingperiod';
export type TransactionType = 'CustInvc' | 'CustPymt' | 'CustCred' | 'CustRfnd' | 'SalesOrd';

export interface Field {
  readonly kind: FieldKind;
  readonly column: string;
  readonly to?: TableName;
  readonly required?: true;
  readonly readOnly?: true;
  /** SQL for a value that is not a column of the table (alias t). */
  readonly sql?: string;
}

export interface RecordType {
  readonly name: string;
  readonly table: TableName;
  readonly transactionType?: TransactionType;
  readonly fields: Readonly<Record<string, Field>>;
  readonly sublists: readonly ('item' | 'apply' | 'addressBook')[];
}

/** The column that names a row when another record refers to it. */
export const displayColumn: Readonly<Record<TableName, string>> = {
  currency: 'name',
  subsidiary: 'name',
  term: 'name',
  item: 'itemid',
  customer: `entityid || ' ' || companyname`,
  transaction: 'tranid',
  department: 'name',
  classification: 'name',
  accountingperiod: 'periodname',
};

const text = (column: string): Field => ({ kind: 'text', column });
const must = (field: Field): Field => ({ ...field, required: true });
const computed = (kind: FieldKind, column: string, sql?: string): Field =>
  sql === undefined ? { kind, column, readOnly: true } : { kind, column, sql, readOnly: true };
const flag = (column: string): Field => ({ kind: 'boolean', column });
const number = (column: string): Field => ({ kind: 'number', column });
const ref = (column: string, to: TableName): Field => ({ kind: 'ref', column, to });

const stamps = {
  createdDate: computed('timestamp', 'createddate'),
  lastModifiedDate: computed('timestamp', 'lastmodifieddate'),
};

const currency: RecordType = {
  name: 'currency',
  table: 'currency',
  sublists: [],
  fields: {
    externalId: text('externalid'),
    name: must(text('name')),
    symbol: must(text('symbol')),
    currencyPrecision: number('currencyprecision'),
    exchangeRate: number('exchangerate'),
    isInactive: flag('isinactive'),
    ...stamps,
  },
};

const subsidiary: RecordType = {
  name: 'subsidiary',
  table: 'subsidiary',
  sublists: [],
  fields: {
    externalId: text('externalid'),
    name: must(text('name')),
    legalName: text('legalname'),
    parent: ref('parent', 'subsidiary'),
    currency: must(ref('currency', 'currency')),
    country: text('country'),
    isInactive: flag('isinactive'),
    ...stamps,
  },
};

const serviceSaleItem: RecordType = {
  name: 'serviceSaleItem',
  table: 'item',
  sublists: [],
  fields: {
    externalId: text('externalid'),
    itemId: must(text('itemid')),
    displayName: text('displayname'),
    isInactive: flag('isinactive'),
    ...stamps,
  },
};

/** Departments and classes: trees of names. */
const treeOf = (name: 'department' | 'classification'): RecordType => ({
  name,
  table: name,
  sublists: [],
  fields: {
    externalId: text('externalid'),
    name: must(text('name')),
    parent: ref('parent', name),
    isInactive: flag('isinactive'),
    ...stamps,
  },
});
const [department, classification] = [treeOf('department'), treeOf('classification')];

const customer: RecordType = {
  name: 'customer',
  table: 'customer',
  sublists: ['addressBook'],
  fields: {
    externalId: text('externalid'),
    entityId: text('entityid'),
    companyName: must(text('companyname')),
    legalName: text('legalname'),
    subsidiary: must(ref('subsidiary', 'subsidiary')),
    currency: ref('currency', 'currency'),
    email: text('email'),
    phone: text('phone'),
    vatRegNumber: text('vatregnumber'),
    comments: text('comments'),
    creditLimit: number('creditlimit'),
    creditHoldOverride: { kind: 'enum', column: 'creditholdoverride' },
    terms: ref('terms', 'term'),
    isInactive: flag('isinactive'),
    ...stamps,
  },
};

const document = {
  externalId: text('externalid'),
  tranId: text('tranid'),
  tranDate: { kind: 'date', column: 'trandate' },
  subsidiary: ref('subsidiary', 'subsidiary'),
  currency: ref('currency', 'currency'),
  exchangeRate: number('exchangerate'),
  memo: text('memo'),
  department: ref('department', 'department'),
  class: ref('class', 'classification'),
  total: computed('number', 'foreigntotal'),
  status: computed('enum', 'status', `(select q.status || '|' || q.status__df from q_transaction q where q.id = t.id)`),
  ...stamps,
} as const satisfies Record<string, Field>;

/** Documents that post to the ledger. */
const posted = { ...document, postingPeriod: ref('postingperiod', 'accountingperiod') };

/** Fields that a transform hands on from record to record. */
const handedOn = { otherRefNum: text('otherrefnum'), custbody_contract: text('custbody_contract') };
const createdFrom: Field = { ...ref('createdfrom', 'transaction'), readOnly: true };
const orderLetter = `(select q.status || '|' || split_part(q.status__df, ' : ', 2) from q_transaction q where q.id = t.id)`;

const salesOrder: RecordType = {
  name: 'salesOrder',
  table: 'transaction',
  transactionType: 'SalesOrd',
  sublists: ['item'],
  fields: {
    ...document,
    ...handedOn,
    entity: must(ref('entity', 'customer')),
    // Written: A pending approval, B approved, C cancelled. What is read follows from the billing, too.
    orderStatus: { kind: 'enum', column: 'orderstatus', sql: orderLetter },
    subtotal: computed('number', 'subtotal', 't.foreigntotal - t.taxtotal'),
    taxTotal: computed('number', 'taxtotal'),
  },
};

const invoice: RecordType = {
  name: 'invoice',
  table: 'transaction',
  transactionType: 'CustInvc',
  sublists: ['item'],
  fields: {
    ...posted,
    ...handedOn,
    createdFrom,
    entity: must(ref('entity', 'customer')),
    dueDate: { kind: 'date', column: 'duedate' },
    terms: ref('terms', 'term'),
    custbody_disputed: flag('custbody_disputed'),
    subtotal: computed('number', 'subtotal', 't.foreigntotal - t.taxtotal'),
    taxTotal: computed('number', 'taxtotal'),
    amountPaid: computed('number', 'applied'),
    amountRemaining: computed('number', 'remaining'),
  },
};

const customerPayment: RecordType = {
  name: 'customerPayment',
  table: 'transaction',
  transactionType: 'CustPymt',
  sublists: ['apply'],
  fields: {
    ...posted,
    customer: must(ref('entity', 'customer')),
    payment: number('payment'),
    paymentMethod: text('paymentmethod'),
    applied: computed('number', 'applied'),
    unapplied: computed('number', 'remaining'),
  },
};

const creditMemo: RecordType = {
  name: 'creditMemo',
  table: 'transaction',
  transactionType: 'CustCred',
  sublists: ['item', 'apply'],
  fields: {
    ...posted,
    ...handedOn,
    createdFrom,
    entity: must(ref('entity', 'customer')),
    taxTotal: computed('number', 'taxtotal'),
    applied: computed('number', 'applied'),
    unapplied: computed('number', 'remaining'),
  },
};

/** Money paid out to a customer: it uses up credits and payments as these use up invoices. */
const customerRefund: RecordType = {
  name: 'customerRefund',
  table: 'transaction',
  transactionType: 'CustRfnd',
  sublists: ['apply'],
  fields: {
    ...posted,
    createdFrom,
    customer: must(ref('entity', 'customer')),
    paymentMethod: text('paymentmethod'),
  },
};

/** Names that a line of a sublist may have. */
export const lineNames: Readonly<Record<RecordType['sublists'][number], readonly string[]>> = {
  item: [
    ...['links', 'line', 'orderLine', 'item', 'quantity', 'rate', 'amount', 'tax1Amt', 'description'],
    ...['isClosed', 'custcol_billing_id', 'custcol_bill_on'],
  ],
  apply: ['links', 'line', 'doc', 'apply', 'amount'],
  addressBook: ['links', 'internalId', 'label', 'defaultBilling', 'defaultShipping', 'addressBookAddress'],
};

/** What a record can be transformed into. */
export const transforms: Readonly<Record<string, readonly string[]>> = {
  salesOrder: ['invoice'],
  invoice: ['customerPayment', 'creditMemo'],
  creditMemo: ['customerRefund'],
};

const all = [
  ...[currency, subsidiary, department, classification, serviceSaleItem, customer],
  ...[salesOrder, invoice, customerPayment, creditMemo, customerRefund],
];
const byLowerName = new Map(all.map((type) => [type.name.toLowerCase(), type]));

/** NetSuite takes record names in any case and answers with lower case in Location. */
export function recordType(name: string): RecordType | undefined {
  return byLowerName.get(name.toLowerCase());
}
