import type { OrderWriter } from '@tieout/connector-erp';
import { DataError } from '@tieout/messaging';
import type { NetSuiteClient } from './client.ts';
import { idOf, type Origin } from './identity.ts';
import { orderBody } from './order-body.map.ts';
import { createReferences } from './order-references.client.ts';
import { askedOrder, standingOrder } from './order-write.map.ts';

/** Sales orders under the contract's id as external id. @param defaultItem code of the item of lines that name none */
export function orderWriter(client: NetSuiteClient, origin: Origin, defaultItem: string): OrderWriter {
  const references = createReferences(client, defaultItem);
  return {
    async asked(command, signal) {
      const asked = askedOrder(command, await references(command, signal));
      if (asked.kind === 'refused') throw new DataError(asked.refusal.code, asked.refusal.message);
      return asked.order;
    },
    async read(contractId, signal) {
      const record = await client.readOrder(contractId, signal);
      if (record === null) return null;
      const standing = standingOrder(record);
      if (standing.kind === 'refused') throw new DataError('order-unreadable', standing.problem.message);
      return standing.value;
    },
    async write(asked, plan, standing, signal) {
      const differences = plan.kind === 'change' ? plan.differences : [];
      const { contractId } = asked.content;
      await client.upsertRecord('salesOrder', contractId ?? '', orderBody(asked, standing, differences), signal);
    },
    idOf: (vendorId) => idOf('salesOrder', origin, vendorId),
  };
}
