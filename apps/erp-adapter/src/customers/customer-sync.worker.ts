import { compareThreeWays, confirmedWrite, type Erp, type OwnedFields, type ThreeWay } from '@tieout/connector-erp';
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
import { keepProposal } from '../proposals/proposal.store.ts';
import { approvalFinding, APPROVAL_NEEDED } from './approval-case.ts';
import { saveApprovals } from './approval.store.ts';
import { crossReference } from './cross-reference.ts';
import { customerSubject } from './customer-case.ts';
import { loadLinks, saveAttempt, saveComparison, type CustomerLink } from './customer-link.store.ts';
import { askedBy, governedBy } from './governed.ts';

export interface CustomerSync {
  readonly erp: Pick<Erp, 'system' | 'instance' | 'customerWriter'>;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly queue: Enqueue;
  readonly onWritten: (outcome: 'created' | 'updated' | 'equal' | 'refused') => void;
}

interface SyncResult extends ThreeWay {
  readonly vendorId: string;
}

/**
 * Brings one customer into the ERP. Reads first, so an attempt whose outcome is unknown is simply looked at; writes
 * under a key of ours, so that what came of it can be found; never overwrites what somebody else changed there. What the ERP refuses
 * for good becomes a case and not a failed item: that would hold back the next revision, which may be the cure. A change of a
 * governed field waits for a person; everything else goes on without it.
 */
export function syncCustomer(sync: CustomerSync): WorkHandler {
  const { instance, customerWriter } = sync.erp;
  return async (item) => {
    const { customerId } = item.payload as { customerId: string };
    const link = (await loadLinks(sync.dataSource.manager, instance, [customerId]))[0];
    if (!link) throw new DataError('customer-unknown', `Customer ${customerId} has not been received`);
    try {
      const theirs = await customerWriter.read(customerId, item.signal);
      const allowed = { ...link, desired: governedBy(link.desired, link).content };
      const result = theirs
        ? await update(sync, allowed, theirs, item.signal)
        : await create(sync, allowed, item.signal);
      await inTransaction(sync.dataSource, (tx) => store(sync, tx, item, link, result));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      sync.onWritten('refused');
      await inTransaction(sync.dataSource, (tx) => storeRefusal(sync, tx, item, error));
    }
  };
}

async function storeRefusal(
  { erp: { instance }, exceptions, queue }: CustomerSync,
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
  { erp: { customerWriter }, onWritten }: CustomerSync,
  { customerId, desired, wanted }: CustomerLink,
  signal: AbortSignal,
): Promise<SyncResult> {
  const customer = { customerId, ...desired };
  const ours = customerWriter.asked(customer);
  const vendorId = await customerWriter.create(customer, wanted, signal);
  onWritten('created');
  return { vendorId, write: ours, foreign: [], written: ours };
}

async function update(
  { erp: { instance, customerWriter }, dataSource, onWritten }: CustomerSync,
  link: CustomerLink,
  { vendorId, fields: theirs }: { readonly vendorId: string; readonly fields: OwnedFields },
  signal: AbortSignal,
): Promise<SyncResult> {
  const { customerId, desired, written, attempted, wanted, placed } = link;
  const customer = { customerId, ...desired };
  const target = { customerId, vendorId };
  const confirmed = confirmedWrite(written, attempted, theirs);
  const compared = compareThreeWays(confirmed, theirs, customerWriter.asked(customer));
  const due = Object.keys(compared.write).length > 0;
  if (due) {
    const attempt = { confirmed, fields: compared.write };
    await inTransaction(dataSource, (tx) => saveAttempt(tx, instance, link, attempt));
    await customerWriter.update(target, compared.write, signal);
  }
  const missing = wanted.filter((code) => !placed.includes(code));
  if (missing.length > 0) await customerWriter.extend?.(target, customer, missing, signal);
  onWritten(due ? 'updated' : 'equal');
  return { ...compared, vendorId };
}

async function store(
  sync: CustomerSync,
  tx: EntityManager,
  item: WorkItem,
  link: CustomerLink,
  result: SyncResult,
): Promise<void> {
  const { erp, outbox, exceptions, queue } = sync;
  const { instance } = erp;
  const { customerId, wanted } = link;
  await saveComparison(tx, instance, customerId, { ...result, placed: wanted });
  if (link.held) await keepProposal(tx, { instance, flow: 'customers', objectId: customerId }, null);
  const value = crossReference(erp, customerId, result.vendorId, 'ACTIVE');
  const state = { key: value.crossReferenceId, value };
  await outbox.publishState(tx, 'finance.cross-reference.v1', [item.cause ? { ...state, cause: item.cause } : state]);
  await markDirty(tx, instance, [result.vendorId]);
  const looked = examination([examined(instance, customerId, foreignEdit(customerId, result))], {
    kinds: [FOREIGN_EDIT, CUSTOMER_NOT_WRITTEN],
    resolution: 'CRM and ERP agree.',
  });
  await exceptions.examined(tx, looked);
  await storeWaiting(sync, tx, link);
  await queue.enqueue(tx, lookAgain('customer', await ordersOfCustomer(tx, instance, customerId)));
  await item.complete(tx);
}

/** What waits for a person, and what does no longer. */
async function storeWaiting(
  { erp: { instance }, exceptions }: CustomerSync,
  tx: EntityManager,
  link: CustomerLink,
): Promise<void> {
  const { customerId, desired } = link;
  // A person may have decided while this look was under way.
  const [current = link] = await loadLinks(tx, instance, [customerId], true);
  const { approved, waiting } = governedBy(desired, current);
  await saveApprovals(tx, instance, customerId, { approved, waiting: askedBy(waiting) });
  const looked = examination([examined(instance, customerId, approvalFinding(desired, waiting))], {
    kinds: [APPROVAL_NEEDED],
    resolution: 'Nothing waits for an approval any more.',
  });
  await exceptions.examined(tx, looked);
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
