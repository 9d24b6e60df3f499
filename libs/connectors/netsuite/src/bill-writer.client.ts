import type { AskedBill, BillWriter } from '@tieout/connector-erp';
import { DataError } from '@tieout/messaging';
import type { NetSuiteClient } from './client.ts';
import { idOf, type Origin } from './identity.ts';

/** Invoices that are made of sales orders, under the command's id as external id. */
export function billWriter(client: NetSuiteClient, origin: Origin): BillWriter {
  const find: BillWriter['find'] = (commandId, signal) => client.findInvoice(commandId, signal);
  return {
    find,
    async bill(asked, signal) {
      try {
        await client.transform('salesOrder', asked.orderId, 'invoice', bodyOf(asked), signal);
      } catch (error) {
        // A second one under the external id is refused, in words that are not established: the first one is there.
        if (!(error instanceof DataError) || (await find(asked.commandId, signal)) === null) throw error;
      }
    },
    idOf: (vendorId) => idOf('invoice', origin, vendorId),
  };
}

/** Of the lines that are named, all that is left; no others. */
function bodyOf({ commandId, lines, date }: AskedBill): object {
  const items = lines.map((key) => ({ orderLine: Number(key) }));
  return { externalId: commandId, tranDate: date, item: { items } };
}
