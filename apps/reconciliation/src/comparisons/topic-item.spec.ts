import { describe, expect, it } from 'vitest';
import { ContractWorld } from '../../test/contract-world.ts';
import { snapshotItem } from './snapshot-item.map.ts';
import { itemOfRecord, topicItem } from './topic-item.map.ts';

const DEALS = [{ id: '1', date: '2026-01-10', gross: '100', paid: '40', paidOn: '2026-02-01', credited: '10' }];
const world = new ContractWorld(
  DEALS,
  [{ id: '800A', lines: [{ id: 'L', billOn: '2026-01-10', net: '100', by: '1' }] }],
  [],
);
const deal = DEALS[0]!;
const payment = world.payments()[0]!;

describe('the item of a record', () => {
  it('says what both sides can be matched by', () => {
    expect(topicItem('payment', payment, 'Acme Ltd')).toMatchObject({
      ...{ id: payment.paymentId, amount: '40', currency: 'USD', date: '2026-02-01', reference: payment.number },
      ...{ counterparty: 'Acme Ltd', legalEntity: world.entity.legalEntityId, reverses: null },
      fields: { instance: world.instance, unapplied: payment.unapplied },
    });
    const invoice = world.invoice(deal);
    expect(topicItem('invoice', invoice, null)).toMatchObject({
      id: invoice.invoiceId,
      amount: '100',
      date: '2026-01-10',
    });
    const memo = world.creditMemo(deal);
    expect(topicItem('credit-memo', memo, null)).toMatchObject({ id: memo.creditMemoId, amount: '10' });
    const order = world.order(world.sales[0]!);
    expect(topicItem('order', order, null)).toMatchObject({ id: order.orderId, amount: '100', date: order.orderDate });
  });

  it('names the one that it reverses', () => {
    expect(topicItem('payment', { ...payment, reversalOf: 'other' }, null)?.reverses).toBe('other');
  });

  it.each(['VOIDED', 'DELETED', 'UNKNOWN'] as const)('is none for a payment that is %s', (lifecycle) => {
    expect(topicItem('payment', { ...payment, lifecycle }, null)).toBeNull();
  });

  it('is none for a record that is gone or of an instance that the side does not take', () => {
    const side = { kind: 'topic', object: 'payment', instances: [world.instance] } as const;
    const of = (instances: readonly string[] | null, value: typeof payment | null) =>
      itemOfRecord({ ...side, instances }, { value }, new Map());
    expect([of(side.instances, payment)?.id, of(null, payment)?.id]).toEqual([payment.paymentId, payment.paymentId]);
    expect([of(['another'], payment), of(null, null)]).toEqual([null, null]);
  });
});

describe('the item of a raw row', () => {
  const rows = world.raw();
  const raw = ({ id = '', ...fields }: Record<string, string>) => ({ itemId: id, fields });

  it('has the id of the same document on the topic', () => {
    const row = raw(rows['payment@netsuite']?.[0] ?? {});
    expect(snapshotItem('payment', row, world.instance)).toMatchObject({
      ...{ id: payment.paymentId, amount: '40', currency: 'USD', date: '2026-02-01', reference: payment.number },
      fields: { vendorId: row.itemId, instance: world.instance },
    });
  });

  it('is none for a void row, and an error for one that does not say what it must', () => {
    const row = raw(rows['payment@netsuite']?.[0] ?? {});
    expect(snapshotItem('payment', { ...row, fields: { ...row.fields, voided: 'T' } }, world.instance)).toBeNull();
    expect(() =>
      snapshotItem('payment', { ...row, fields: { ...row.fields, trandate: 'soon' } }, world.instance),
    ).toThrow();
  });
});
