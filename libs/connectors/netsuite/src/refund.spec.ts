import { describe, expect, it } from 'vitest';
import { idOf, type Origin } from './identity.ts';
import { mapPayment } from './payment.map.ts';
import { mapRefund } from './refund.map.ts';
import type { PaymentRecord, RawLink, RawRow } from './vendor-types.ts';

const origin: Origin = { instance: 'main', timeZone: 'America/Los_Angeles' };
const link = (more: Partial<RawLink>): RawLink => ({
  ...{ previousdoc: '9', previoustype: 'CustPymt', nextdoc: '11', nexttype: 'CustRfnd', foreignamount: '20' },
  ...more,
});
const header: RawRow = {
  ...{ id: '11', tranid: 'R11', trandate: '2025-02-01', period: '2025-02', currency: 'EUR', subsidiary: '2' },
  ...{ foreigntotal: '20', voided: 'F', modified: '2025-02-01 09:30:00' },
};
const refund = (more: Partial<RawRow> = {}, links = [link({})]): PaymentRecord => ({
  header: { ...header, ...more },
  links,
});

describe('a refund', () => {
  it.each(['20', '-20'])('has a negative amount, whatever the sign of its total (%s)', (foreigntotal) => {
    expect(mapRefund(refund({ foreigntotal }), origin)).toMatchObject({ value: { amount: '-20', refunded: '-20' } });
  });

  it('names what it pays out, when that is one document', () => {
    const of = (links: RawLink[], foreigntotal = '20'): unknown => mapRefund(refund({ foreigntotal }, links), origin);
    expect(of([link({})])).toMatchObject({ value: { reversalOf: idOf('customerPayment', origin, '9') } });
    const memo = link({ previousdoc: '8', previoustype: 'CustCred' });
    expect(of([memo])).toMatchObject({ value: { reversalOf: idOf('creditMemo', origin, '8') } });
    expect(of([memo, link({})], '40')).toMatchObject({ value: { reversalOf: null, amount: '-40' } });
  });

  it('that is voided pays nothing out', () => {
    expect(mapRefund(refund({ voided: 'T', foreigntotal: '0' }, []), origin)).toMatchObject({
      value: { lifecycle: 'VOIDED', amount: '0', reversalOf: null },
    });
  });

  it.each([
    ['its parts are not its total', refund({ foreigntotal: '21' }), 'does-not-add-up'],
    ['it pays out something that we do not know', refund({}, [link({ previoustype: 'Journal' })]), 'invalid-value'],
    ['its period is none', refund({ period: '2025-13' }), 'invalid-value'],
    ['its amount is beyond what an event holds', refund({ foreigntotal: '1234567890123456' }), 'too-large'],
  ])('is refused when %s', (_what, record, code) => {
    expect(mapRefund(record, origin)).toMatchObject({ kind: 'refused', problem: { code } });
  });
});

it('a payment that is over-allocated, by invoices and refunds together, is refused', () => {
  const record: PaymentRecord = {
    header: { ...header, id: '9', status: 'C', foreigntotal: '50', foreignpaymentamountunused: '0' },
    links: [
      link({ previousdoc: '7', previoustype: 'CustInvc', nextdoc: '9', nexttype: 'CustPymt', foreignamount: '40' }),
    ],
    refunds: [link({ foreignamount: '20' })],
  };
  expect(mapPayment(record, origin)).toMatchObject({ problem: { code: 'does-not-add-up', field: 'allocations' } });
});
