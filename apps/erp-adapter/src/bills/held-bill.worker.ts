import { inTransaction, type WorkHandler } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { loadBills, saveBill } from './bill-link.store.ts';

/** Where orders are not written no bill is made: it waits, as for an order that does not stand yet. */
export function holdBill(dataSource: DataSource, instance: string): WorkHandler {
  return async (item) => {
    const { commandId } = item.payload as { commandId: string };
    await inTransaction(dataSource, async (tx) => {
      const [bill] = await loadBills(tx, instance, [commandId], true);
      if (bill?.state === 'ASKED')
        await saveBill(tx, instance, commandId, { state: 'WAITING_FOR_ORDER', code: null, bill: null });
      await item.complete(tx);
    });
  };
}
