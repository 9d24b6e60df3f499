import { crossReferenceId, type CrossReference } from '@tieout/canonical';
import {
  compareThreeWays,
  confirmedWrite,
  ownedFields,
  type NetSuiteClient,
  type ThreeWay,
} from '@tieout/connector-netsuite';
import {
  DataError,
  inTransaction,
  type Enqueue,
  type Exceptions,
  type Outbox,
  type WorkHandler,
  type WorkItem,
} from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { examination, type Examined, type Finding } from '../cases/case.ts';
import { markDirty } from '../documents/dirty-customer.store.ts';
import { lookAgain } from '../orders/command.consumer.ts';
import { ordersOfCustomer } from '../orders/order-link.store.ts';
import { CUSTOMER_NOT_WRITTEN, FOREIGN_EDIT } from '../cases/kinds.ts';
import { customerSubject } from './customer-case.ts';
import { loadLinks, saveAttempt, saveComparison, type CustomerLink } from './customer-link.store.ts';

export interface CustomerSync {
  readonly instance: string;
  readonly client: NetSuiteClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly queue: Enqueue;
  /** Internal id of the subsidiary that new customers belong to. */
  readonly subsidiary: string;
  readonly onWritten: (outcome: 'created' | 'updated' | 'equal' | 'refused') => void;
}

interface SyncResult extends ThreeWay {
  readonly vendorId: string;
}

/**
 * Brings one customer into the ERP. Reads first, so an attempt whose outcome is unknown is simply looked at; writes by
 * external id, so doing it twice changes nothing; never overwrites what somebody else changed there. What the ERP refuses
 * for good becomes a case and not a failed item: that would hold back the next revision, which may be the cure.
 */
export function syncCustomer(sync: CustomerSync): WorkHandler {
  return async (item) => {
    const { customerId } = item.payload as { customerId: string };
    const link = (await loadLinks(sync.dataSource.manager, sync.instance, [customerId]))[0];
    if (!link) throw new DataError('customer-unknown', `Customer ${customerId} has not been received`);
    try {
      const theirs = await sync.client.readCustomer(customerId, item.signal);
      const result = theirs ? await update(sync, link, theirs, item.signal) : await create(sync, link, item.signal);
      await inTransaction(sync.dataSource, (tx) => store(sync, tx, item, link, result));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      sync.onWritten('refused');
      await inTransaction(sync.dataSource, (tx) => storeRefusal(sync, tx, item, error));
    }
  };
}

async function storeRefusal(
  { instance, exceptions, queue }: CustomerSync,
  tx: EntityManager,
  item: WorkItem,
  { code, message }: DataError,
): Promise<void> {
  const { customerId } = item.payload as { customerId: string };
  const finding = { kind: CUSTOMER_NOT_WRITTEN, message: message.slice(0, 1000), details: { code } };
  const refused = examination([examined(instance, customerId, finding)], { kinds: [], resolution: '' });
  await exceptions.examined(tx, refused);
  await queue.enqueue(tx, lookAgain('customer', await ordersOfCustomer(tx, instance, customerId)));
  await item.complete(tx);
}

async function create(
  sync: CustomerSync,
  { customerId, desired }: CustomerLink,
  signal: AbortSignal,
): Promise<SyncResult> {
  const ours = ownedFields(desired);
  const currency =
    desired.currency === null ? {} : { currency: { id: await currencyId(sync, desired.currency, signal) } };
  const body = { ...ours, ...currency, subsidiary: { id: sync.subsidiary } };
  const vendorId = await sync.client.upsertRecord('customer', customerId, body, signal);
  sync.onWritten('created');
  return { vendorId, write: ours, foreign: [], written: ours };
}

async function update(
  sync: CustomerSync,
  link: CustomerLink,
  theirs: { readonly id: string; readonly fields: ReturnType<typeof ownedFields> },
  signal: AbortSignal,
): Promise<SyncResult> {
  const { customerId, desired, written, attempted } = link;
  const confirmed = confirmedWrite(written, attempted, theirs.fields);
  const compared = compareThreeWays(confirmed, theirs.fields, ownedFields(desired));
  const due = Object.keys(compared.write).length > 0;
  if (due) {
    const attempt = { confirmed, fields: compared.write };
    await inTransaction(sync.dataSource, (tx) => saveAttempt(tx, sync.instance, link, attempt));
    await sync.client.updateCustomer(customerId, compared.write, signal);
  }
  sync.onWritten(due ? 'updated' : 'equal');
  return { ...compared, vendorId: theirs.id };
}

async function currencyId({ client }: CustomerSync, code: string, signal: AbortSignal): Promise<string> {
  const id = (await client.currencyIds(signal)).get(code);
  if (id === undefined) throw new DataError('unknown-currency', `The ERP has no currency ${code}`);
  return id;
}

async function store(
  sync: CustomerSync,
  tx: EntityManager,
  item: WorkItem,
  { customerId }: CustomerLink,
  result: SyncResult,
): Promise<void> {
  const { instance, outbox, exceptions, queue } = sync;
  await saveComparison(tx, instance, customerId, result);
  const value = crossReference(instance, customerId, result.vendorId, 'ACTIVE');
  const state = { key: value.crossReferenceId, value };
  await outbox.publishState(tx, 'finance.cross-reference.v1', [item.cause ? { ...state, cause: item.cause } : state]);
  await markDirty(tx, instance, [result.vendorId]);
  const looked = examination([examined(instance, customerId, foreignEdit(customerId, result))], {
    kinds: [FOREIGN_EDIT, CUSTOMER_NOT_WRITTEN],
    resolution: 'CRM and ERP agree.',
  });
  await exceptions.examined(tx, looked);
  await queue.enqueue(tx, lookAgain('customer', await ordersOfCustomer(tx, instance, customerId)));
  await item.complete(tx);
}

export function crossReference(
  instance: string,
  customerId: string,
  vendorId: string,
  status: 'ACTIVE' | 'RETIRED',
): Omit<CrossReference, 'revision'> {
  return {
    crossReferenceId: crossReferenceId('customer', 'netsuite', instance, vendorId),
    type: 'customer',
    system: 'netsuite',
    instance,
    vendorId,
    canonicalId: customerId,
    status,
    aliasOf: null,
    source: { system: 'netsuite', instance, entity: 'customer', id: vendorId, version: null, changedAt: null },
  };
}

function foreignEdit(customerId: string, { foreign }: SyncResult): Finding | null {
  if (foreign.length === 0) return null;
  const fields = foreign.map(
    ({ field, theirs, ours }) => `${field} is ${JSON.stringify(theirs)}, CRM says ${JSON.stringify(ours)}`,
  );
  return {
    kind: FOREIGN_EDIT,
    message: `Customer ${customerId} was changed in the ERP in fields that the CRM owns: ${fields.join('; ')}`,
    details: Object.fromEntries(
      foreign.flatMap((f) => [
        [`${f.field}.erp`, f.theirs],
        [`${f.field}.crm`, f.ours],
      ]),
    ),
  };
}

function examined(instance: string, customerId: string, finding: Finding | null): Examined {
  return { subject: customerSubject(instance, customerId), finding };
}
