import {
  applied,
  duplicate,
  ignored,
  superseded,
  type ConsumerSpec,
  type Delivery,
  type NewWorkItem,
  type Outcome,
} from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { fanOut, mostOf } from './fan-out.consumer.ts';
import { instanceQueue, keyOf, kindOf } from './instance-queue.ts';

const tx = {} as EntityManager;

describe('the work of an instance', () => {
  it('has kinds, keys and ids of its own, so that the same customer of two instances is two pieces of work', async () => {
    const items: NewWorkItem[] = [];
    const queue = { enqueue: async (_tx: EntityManager, some: readonly NewWorkItem[]) => void items.push(...some) };
    const id = '0a3c3b7e-1111-5222-8333-000000000001';
    for (const instance of ['main', 'sap'])
      await instanceQueue(instance, queue).enqueue(tx, [{ id, kind: 'sync-customer', key: 'c', payload: { n: 1 } }]);
    expect(items).toMatchObject([
      { kind: 'sync-customer/main', key: 'main/c', payload: { n: 1 } },
      { kind: 'sync-customer/sap', key: 'sap/c' },
    ]);
    expect(new Set([id, ...items.map((item) => item.id)]).size).toBe(3);
    expect(kindOf(items[0]!.kind)).toBe('sync-customer');
    expect(keyOf('main', items[0]!.key)).toBe('c');
  });
});

describe('one consumer for several instances', () => {
  it('hands every event to each, one after the other, and says the most that was made of it', async () => {
    const seen: string[] = [];
    const instance = (name: string, ...outcomes: Outcome[]): ConsumerSpec<'finance.customer.v1'> => ({
      topic: 'finance.customer.v1',
      handle: async (deliveries) => (seen.push(`${name} ${deliveries.length}`), outcomes),
    });
    const both = fanOut([instance('one', applied, applied), instance('two', ignored('x'), ignored('x'))]);
    const deliveries = [{}, {}] as Delivery<never>[];
    expect(await both.handle(deliveries, tx)).toEqual([applied, applied]);
    expect(seen).toEqual(['one 2', 'two 2']);
    expect(mostOf([ignored('first'), ignored('second')])).toEqual(ignored('first'));
    expect(mostOf([ignored('x'), duplicate, superseded])).toBe(superseded);
  });
});
