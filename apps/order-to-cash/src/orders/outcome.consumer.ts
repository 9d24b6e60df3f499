import { applied, ignored, superseded, type ConsumerSpec, type Exceptions, type Outcome } from '@tieout/messaging';
import { takeOutcome, type Taken } from './order.ts';
import { lockOrders } from './order.store.ts';
import { settle } from './settle.store.ts';

/** What the ERP's adapter says of a command; the newest counts. */
export function outcomes(exceptions: Exceptions): ConsumerSpec<'finance.erp-outcome.v1'> {
  return {
    topic: 'finance.erp-outcome.v1',
    async handle(deliveries, tx) {
      const orders = await lockOrders(
        tx,
        deliveries.map(({ key }) => key),
      );
      const touched = new Set<string>();
      const results = deliveries.map(({ key, value }): Outcome => {
        const before = orders.get(key)!;
        if (value === null) return ignored('empty');
        const taken = takeOutcome(before, value);
        if (taken.kind === 'applied') {
          orders.set(key, taken.next);
          touched.add(key);
        }
        return asOutcome(taken);
      });
      await settle(
        tx,
        exceptions,
        [...touched].map((key) => orders.get(key)!),
      );
      return results;
    },
  };
}

function asOutcome(taken: Taken): Outcome {
  switch (taken.kind) {
    case 'applied':
      return applied;
    case 'superseded':
      return superseded;
    case 'ignored':
      return ignored(taken.reason);
  }
}
