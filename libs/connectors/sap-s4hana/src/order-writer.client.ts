import type { AskedOrder, Mapped, OrderDifference, OrderWriter, StandingOrder } from '@tieout/connector-erp';
import { DataError, TransientError } from '@tieout/messaging';
import { readPartners } from './customer-reader.client.ts';
import { textOf } from './customers.client.ts';
import { contractKey, customerKey, idOf } from './identity.ts';
import { eq } from './literals.ts';
import type { SapMappingConfig } from './mapping-config.ts';
import { newOrder, orderChanges, type OrderTarget } from './order-body.map.ts';
import { readOrders, type OrderParts } from './order-reader.client.ts';
import { askedOrder, standingOrder } from './order-write.map.ts';
import { ORDER } from './selects.ts';
import { SERVICES } from './services.ts';
import { etagOf } from './values.ts';
import { orderRow } from './vendor-types.ts';

/**
 * Sales orders under our contract key, which SAP does not keep unique: one is looked for before one is made, and an attempt without
 * an answer must rest until it can be seen.
 */
export function orderWriter(parts: OrderParts, config: SapMappingConfig): OrderWriter {
  const { client, origin } = parts;
  return {
    async asked(command, signal) {
      const area = config.salesAreas[command.legalEntity];
      if (area === undefined)
        throw new DataError(
          'unknown-legal-entity',
          `no sales area is configured for ${JSON.stringify(command.legalEntity)}`,
        );
      const soldTo = await customerNumber(parts, command.customerId, signal);
      return valueOf(askedOrder(command, { area, soldTo, config }));
    },
    async read(contractId, signal) {
      const filter = eq('PurchaseOrderByShipToParty', contractKey(contractId));
      const found = await readOrders(parts, filter, { signal, use: 'process' });
      if (found.length > 1)
        throw new DataError('order-ambiguous', `${found.length} orders have the key of contract ${contractId}`);
      const [record] = found;
      if (record === undefined) return null;
      const standing = standingOrder(record, etagOf(record.row));
      if (standing.kind === 'refused') throw new DataError('order-unreadable', standing.problem.message);
      return standing.value;
    },
    async write(asked, plan, standing, signal) {
      if (plan.kind === 'create' || standing === null) {
        await client.create(SERVICES.orders, 'A_SalesOrder', newOrder(asked, config), { signal });
        return;
      }
      await change(parts, config, { asked, standing, differences: plan.differences }, signal);
    },
    idOf: (vendorId) => idOf('SalesOrder', origin, vendorId),
  };
}

function valueOf<T>(mapped: Mapped<T>): T {
  if (mapped.kind === 'refused') throw new DataError(mapped.problem.code, mapped.problem.message);
  return mapped.value;
}

async function customerNumber(parts: OrderParts, customerId: string, signal: AbortSignal): Promise<string> {
  const filter = eq('BusinessPartnerIDByExtSystem', customerKey(customerId));
  const [record] = await readPartners(parts, filter, { signal, use: 'process' });
  const number = textOf(record?.row['Customer']);
  if (number === null) throw new DataError('unknown-customer', `SAP has no customer under the key of ${customerId}`);
  return number;
}

async function change(
  { client }: OrderParts,
  config: SapMappingConfig,
  of: { asked: AskedOrder; standing: StandingOrder; differences: readonly OrderDifference[] },
  signal: AbortSignal,
): Promise<void> {
  const changes = valueOf(orderChanges(of.asked, await targetOf(client, of.standing, signal), of.differences, config));
  const [result] = await client.batch(SERVICES.orders, [{ kind: 'change-set', changes }], { signal });
  if (result?.kind === 'failed') throw result.error;
}

/** The items with their prices, as they were when the order was compared. */
async function targetOf(
  client: OrderParts['client'],
  { id, version }: StandingOrder,
  signal: AbortSignal,
): Promise<OrderTarget> {
  const row = await client.get(SERVICES.orders, 'A_SalesOrder', id, { ...ORDER, signal, use: 'process' });
  if (row === null || etagOf(row) !== version)
    throw new TransientError('sap-changed-meanwhile', `order ${id} was changed while it was compared`);
  return { id, etag: version, items: orderRow.parse(row).to_Item };
}
