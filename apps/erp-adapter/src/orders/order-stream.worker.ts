import type { Erp, OrderRecordRead } from '@tieout/connector-erp';
import type { Enqueue, StreamSpec } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { documentStream, type StreamContext } from '../documents/document-stream.worker.ts';
import { lookAgain } from './command.consumer.ts';
import { loadOrders, ordersDeleted, type OrderLink } from './order-link.store.ts';
import { isOurs } from './plan.ts';

/** Orders of the ERP to the topic. One of ours that is not as we wrote it, or is gone, is looked at by the worker. */
export function orderStream(
  context: StreamContext,
  { orders }: Pick<Erp, 'orders'>,
  queue: Enqueue,
): StreamSpec<unknown> {
  const { instance } = context;
  return documentStream(context, orders, {
    async alsoStore(tx, records) {
      await queue.enqueue(tx, lookAgain('changed', await suspicious(tx, instance, records)));
    },
    async alsoDelete(tx, vendorIds) {
      await queue.enqueue(tx, lookAgain('deleted', await ordersDeleted(tx, instance, vendorIds)));
    },
  });
}

/** Orders of commands that a person changed, or that were refused or withdrawn and may be in order now. */
async function suspicious(
  tx: EntityManager,
  instance: string,
  records: readonly OrderRecordRead[],
): Promise<readonly OrderLink[]> {
  const byContract = new Map(records.flatMap((one) => (one.contractId === null ? [] : [[one.contractId, one]])));
  const links = await loadOrders(tx, instance, [...byContract.keys()], true);
  return links.filter((link) => {
    if (link.state === 'REFUSED' || link.state === 'WITHDRAWN') return true;
    const { standing } = byContract.get(link.contractId)!;
    return standing.kind === 'mapped' && !isOurs(link, standing.value);
  });
}
