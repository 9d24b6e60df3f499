import type { ErpCommand } from '@tieout/canonical';
import type { Delivery, Examination, Exceptions, NewEvent, Outbox } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { expect, it } from 'vitest';
import { unclaimedCommands } from './unclaimed-command.consumer.ts';

const command = (legalEntity: string): Delivery<ErpCommand> =>
  ({
    value: {
      ...{ commandId: 'c', contractId: `of ${legalEntity}`, contractRevision: 2n, contractNumber: '00000101' },
      ...{ customerId: 'k', legalEntity, currency: 'EUR', net: '80' },
    },
    meta: { time: '2026-03-01T02:00:00.000Z' },
  }) as unknown as Delivery<ErpCommand>;

it('a command that no instance takes is answered once with what to do, and is a case; the others are left alone', async () => {
  const events: NewEvent[] = [];
  const examinations: Examination[] = [];
  const consumer = unclaimedCommands({
    isClaimed: (legalEntity) => legalEntity === 'DE',
    outbox: { publish: async (_tx: unknown, some: NewEvent[]) => void events.push(...some) } as unknown as Outbox,
    exceptions: {
      examined: async (_tx: unknown, one: Examination) => void examinations.push(one),
    } as unknown as Exceptions,
  });
  const empty = { ...command('DE'), value: null };
  const outcomes = await consumer.handle([command('DE'), command('US'), empty], {} as EntityManager);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['ignored', 'applied', 'ignored']);
  expect(events).toMatchObject([
    {
      key: 'of US',
      value: { status: 'REFUSED', code: 'unknown-legal-entity', instance: 'none', contractRevision: 2n },
    },
  ]);
  expect((events[0]!.value as { message: string }).message).toContain('name it in ERP_INSTANCES');
  expect(examinations[0]!.found).toMatchObject([
    { kind: 'order-not-written', objectType: 'order', objectId: 'of US', atStake: { amount: '80', currency: 'EUR' } },
  ]);
});
