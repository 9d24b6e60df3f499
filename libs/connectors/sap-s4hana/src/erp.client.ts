import type { CustomerReader, Erp, KnownCustomers } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';
import { accountReader } from './account.client.ts';
import { collapsed, rereadsOf, type Reread } from './announcements.ts';
import type { SapClient } from './client.ts';
import { customerReader, type CustomerParts } from './customer-reader.client.ts';
import { customerWriter } from './customer-writer.client.ts';
import { dimensions } from './dimensions.client.ts';
import { creditMemoReader, invoiceReader, paymentReader, type DocumentParts } from './document-readers.client.ts';
import type { EventSource, QueuedNotice } from './event-mesh.client.ts';
import { customerKey, SYSTEM, type Origin } from './identity.ts';
import type { SapMappingConfig } from './mapping-config.ts';
import { orderReader, type OrderParts } from './order-reader.client.ts';
import { orderWriter } from './order-writer.client.ts';
import type { Depth } from './reading-cursor.ts';
import { snapshotKinds, type SnapshotObject } from './snapshot-kinds.client.ts';
import { readSnapshot } from './snapshot.client.ts';
import { totals } from './totals.client.ts';

export interface SapErp {
  readonly client: SapClient;
  readonly instance: string;
  readonly known: KnownCustomers;
  /** Of the system's clock, which stamps business partners. */
  readonly timeZone: string;
  readonly config: SapMappingConfig;
  /** A queue of events, where the company has one; the polls are complete without it. */
  readonly events?: EventSource;
}

/** One S/4HANA system behind the port. */
export function sapErp({ client, instance, known, timeZone, config, events }: SapErp): Erp {
  const origin: Origin = { instance };
  const depth: Depth = {
    ...{ overlapSeconds: config.overlapSeconds, sweepSeconds: config.sweepSeconds, completeHours: null },
  };
  const accounts = accountReader(client);
  const customers = customersOf({ client, known, origin, depth, timeZone, config });
  const orders: OrderParts = { client, known, origin, salesAreas: config.salesAreas };
  const documents: DocumentParts = {
    ...{ client, accounts, known, origin, depth, ledger: config.leadingLedger },
    rules: {
      isPayment: ({ documentType, billingDocument }: AccountItem) =>
        billingDocument === null && config.paymentDocumentTypes.includes(documentType ?? ''),
      paymentTypes: config.paymentDocumentTypes,
      disputeBlocks: config.disputeBlocks,
    },
  };
  const snapshot = { client, known, accounts, config };
  return {
    system: SYSTEM,
    instance,
    customers,
    orders: orderReader(orders, depth),
    documents: [invoiceReader(documents), paymentReader(documents), creditMemoReader(documents)],
    dimensions: dimensions({ client, origin, config }),
    totals: (signal) => totals(client, origin, config, signal),
    snapshots: {
      objects: Object.keys(snapshotKinds),
      read: ({ object, cutOff }, signal) =>
        readSnapshot(client, () => snapshotKinds[object as SnapshotObject](snapshot), cutOff, signal),
    },
    customerWriter: customerWriter({ client, known }, config),
    orderWriter: orderWriter(orders, config),
    customerKey,
    ...(events === undefined ? {} : { notifications: { receive: (signal: AbortSignal) => received(events, signal) } }),
  };
}

/** What changes in company codes and sales areas does not move a partner's stamp: customers are read whole now and then. */
function customersOf(parts: {
  readonly client: SapClient;
  readonly known: KnownCustomers;
  readonly origin: Origin;
  readonly depth: Depth;
  readonly timeZone: string;
  readonly config: SapMappingConfig;
}): CustomerReader {
  const { client, known, origin, depth, timeZone, config } = parts;
  const of: CustomerParts = {
    ...{ client, known, origin },
    depth: { ...depth, completeHours: config.customerSweepHours },
    rules: { salesAreas: config.salesAreas, timeZone, taxTypes: Object.values(config.taxTypes) },
  };
  return customerReader(of);
}

/** Messages taken at once. */
const BATCH = 50;

interface Announcement extends Reread {
  acknowledge(signal: AbortSignal): Promise<void>;
}

/**
 * What the queue holds, as records to be read again. Events are late, double or overtaken: a reading answers what is there by now.
 * All messages of a batch are acknowledged with the last of its announcements, when all of them are stored.
 */
async function received(events: EventSource, signal: AbortSignal): Promise<readonly Announcement[]> {
  const messages = await events.pull(BATCH, signal);
  const rereads = collapsed(messages.flatMap(({ notice }) => (notice === null ? [] : rereadsOf(notice))));
  if (rereads.length === 0) await acknowledged(messages, signal);
  let waiting = rereads.length;
  return rereads.map((reread) => ({
    ...reread,
    acknowledge: async (ackSignal: AbortSignal) => {
      waiting -= 1;
      if (waiting === 0) await acknowledged(messages, ackSignal);
    },
  }));
}

async function acknowledged(messages: readonly QueuedNotice[], signal: AbortSignal): Promise<void> {
  for (const message of messages) await message.ack(signal);
}
