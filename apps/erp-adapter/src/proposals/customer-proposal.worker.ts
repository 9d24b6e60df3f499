import { compareThreeWays, confirmedWrite, type Erp, type OwnedFields } from '@tieout/connector-erp';
import {
  DataError,
  inTransaction,
  type Enqueue,
  type Outbox,
  type WorkHandler,
  type WorkItem,
} from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { crossReference } from '../customers/cross-reference.ts';
import { loadLinks, type CustomerLink } from '../customers/customer-link.store.ts';
import { governedBy } from '../customers/governed.ts';
import { markDirty } from '../documents/dirty-customer.store.ts';
import { lookAgain } from '../orders/command.consumer.ts';
import { ordersOfCustomer } from '../orders/order-link.store.ts';
import { refusedProposal, type Proposal, type WriteMode } from './proposal.ts';
import { holdCustomer, keepProposal } from './proposal.store.ts';

export interface CustomerProposals {
  readonly erp: Pick<Erp, 'system' | 'instance' | 'customerWriter'>;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly queue: Enqueue;
  readonly mode: Exclude<WriteMode, 'on'>;
}

type Theirs = { readonly vendorId: string; readonly fields: OwnedFields } | null;

/** Looks at a customer and writes nothing. One that somebody else has brought into the ERP under our key is linked all the same. */
export function proposeCustomer(propose: CustomerProposals): WorkHandler {
  const { erp, dataSource, mode } = propose;
  return async (item) => {
    const { customerId } = item.payload as { customerId: string };
    const [link] = await loadLinks(dataSource.manager, erp.instance, [customerId]);
    if (!link) throw new DataError('customer-unknown', `Customer ${customerId} has not been received`);
    const theirs = await erp.customerWriter.read(customerId, item.signal);
    const proposal = mode === 'propose' ? proposalOf(erp, link, theirs) : null;
    await inTransaction(dataSource, async (tx) => {
      await holdCustomer(tx, erp.instance, customerId, theirs?.vendorId ?? null);
      await keepProposal(tx, { instance: erp.instance, flow: 'customers', objectId: customerId }, proposal);
      if (theirs && theirs.vendorId !== link.vendorId) await tieUp(propose, tx, item, customerId, theirs.vendorId);
      await item.complete(tx);
    });
  };
}

function proposalOf({ customerWriter }: CustomerProposals['erp'], link: CustomerLink, theirs: Theirs): Proposal | null {
  try {
    const ours = customerWriter.asked({ customerId: link.customerId, ...governedBy(link.desired, link).content });
    if (theirs === null) return { action: 'create', content: ours, differences: [], code: null, message: null };
    const confirmed = confirmedWrite(link.written, link.attempted, theirs.fields);
    const { write } = compareThreeWays(confirmed, theirs.fields, ours);
    const differences = Object.entries(write).map(([field, value]) => ({
      ...{ field, line: null, theirs: theirs.fields[field] ?? null, ours: value },
    }));
    return differences.length === 0
      ? null
      : { action: 'change', content: write, differences, code: null, message: null };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return refusedProposal(error);
  }
}

async function tieUp(
  { erp, outbox, queue }: CustomerProposals,
  tx: EntityManager,
  { cause }: WorkItem,
  customerId: string,
  vendorId: string,
): Promise<void> {
  const value = crossReference(erp, customerId, vendorId, 'ACTIVE');
  const state = { key: value.crossReferenceId, value };
  await outbox.publishState(tx, 'finance.cross-reference.v1', [cause ? { ...state, cause } : state]);
  await markDirty(tx, erp.instance, [vendorId]);
  await queue.enqueue(tx, lookAgain('customer', await ordersOfCustomer(tx, erp.instance, customerId)));
}
