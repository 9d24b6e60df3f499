import { describe, expect, it } from 'vitest';
import { mapCreditMemo } from './credit-memo.map.ts';
import { idOf, type Origin } from './identity.ts';
import { mapOrder } from './order.map.ts';
import type { CreditMemoRecord, OrderRecord, RawBilled, RawLine, RawLink, RawRow } from './vendor-types.ts';

const origin: Origin = { instance: 'main', timeZone: 'America/Los_Angeles' };
const [customerId, contractId, billingId] = ['1', '2', '3'].map((n) => `0a3c3b7e-1111-5222-8333-44445555000${n}`) as [
  string,
  string,
  string,
];

const head: RawRow = {
  ...{ id: '7', tranid: 'SO7', trandate: '2026-03-01', entity: '3', customerexternalid: customerId, currency: 'EUR' },
  ...{ subsidiary: '2', foreigntotal: '119', status: 'F', voided: 'F', modified: '2026-03-01 09:30:00' },
  ...{ externalid: contractId, contract: contractId, otherrefnum: '00000101' },
};
const line = (more: Partial<RawLine>): RawLine => ({
  ...{ transaction: '7', linekey: '4', line: '1', taxline: 'F', itemid: '1', item: 'SEAT', quantity: '-2', rate: '50' },
  ...{ foreignamount: '-100', isclosed: 'F', billing: billingId, billon: '2026-03-31' },
  ...more,
});
const taxLine: RawLine = { transaction: '7', linekey: '1000004', line: '2', taxline: 'T', foreignamount: '-19' };
const bill = (more: Partial<RawBilled> = {}): RawBilled => ({
  ...{ previousdoc: '7', previousline: '4', billed: '40.5' },
  ...more,
});
const order = (header: Partial<RawRow> = {}, parts: Partial<OrderRecord> = {}): OrderRecord => ({
  header: { ...head, ...header },
  lines: [line({}), taxLine],
  billed: [bill()],
  ...parts,
});

describe('an order', () => {
  it('says what was sold, what of it was billed and what is left, net', () => {
    expect(mapOrder(order(), origin)).toMatchObject({
      kind: 'mapped',
      value: {
        ...{ orderId: idOf('salesOrder', origin, '7'), lifecycle: 'OPEN', number: 'SO7', orderDate: '2026-03-01' },
        ...{ customerId, contractId, net: '100', tax: '19', gross: '119', billedNet: '40.5', unbilledNet: '59.5' },
        lines: [
          {
            ...{ lineNumber: 1, itemCode: 'SEAT', quantity: '2', unitPrice: '50', net: '100', tax: '0' },
            ...{ billingId, billOn: '2026-03-31', billedNet: '40.5' },
          },
          {
            lineNumber: 2,
            itemCode: null,
            quantity: null,
            net: '0',
            tax: '19',
            billingId: null,
            billOn: null,
            billedNet: '0',
          },
        ],
        source: { system: 'netsuite', entity: 'salesOrder', id: '7', changedAt: '2026-03-01T17:30:00.000Z' },
      },
    });
  });

  it.each([
    ...[
      ['A', 'PENDING'],
      ['B', 'OPEN'],
      ['C', 'CANCELLED'],
      ['D', 'OPEN'],
      ['E', 'OPEN'],
      ['F', 'OPEN'],
      ['G', 'BILLED'],
    ],
    ['H', 'CLOSED'],
  ])('of status %s is %s', (status, lifecycle) => {
    expect(mapOrder(order({ status }), origin)).toMatchObject({ value: { lifecycle } });
  });

  it('finds a bill by the key of its line and not by its place', () => {
    const lines = [line({ linekey: '2', line: '1' }), line({ linekey: '1', line: '2', foreignamount: '-19' })];
    const mapped = mapOrder(order({}, { lines, billed: [bill({ previousline: '1', billed: '19' })] }), origin);
    expect(mapped.kind === 'mapped' && mapped.value.lines.map((l) => l.billedNet)).toEqual(['0', '19']);
  });

  it('counts no bill of a tax line, and one at a higher price leaves less than nothing', () => {
    const billed = [bill({ billed: '110' }), bill({ previousline: '1000004', billed: '19' })];
    expect(mapOrder(order({}, { billed }), origin)).toMatchObject({ value: { billedNet: '110', unbilledNet: '-10' } });
  });

  it('is nobody’s contract and nobody’s billing line when its fields hold something else', () => {
    const stranger = order(
      { contract: 'K-1', customerexternalid: undefined, entity: undefined },
      { lines: [line({ billing: 'x' }), taxLine] },
    );
    expect(mapOrder(stranger, origin)).toMatchObject({
      value: { contractId: null, customerId: null, customerAccountId: null, lines: [{ billingId: null }, {}] },
    });
  });

  it.each([
    ['a status that we do not know', order({ status: 'Q' }), 'unknown-status', 'status'],
    ['lines that are a cent off its total', order({ foreigntotal: '119.01' }), 'does-not-add-up', 'lines'],
    [
      'a bill of a line that is not there',
      order({}, { billed: [bill({ previousline: '9' })] }),
      'does-not-add-up',
      'bills',
    ],
    [
      'a bill with more decimals than the currency',
      order({}, { billed: [bill({ billed: '1.001' })] }),
      'too-many-decimals',
      'billed',
    ],
    ['a bill without amount', order({}, { billed: [bill({ billed: undefined })] }), 'invalid-value', 'bill billed'],
    ['a line without key', order({}, { lines: [line({ linekey: undefined })] }), 'invalid-value', 'line linekey'],
    [
      'a billing date that does not exist',
      order({}, { lines: [line({ billon: '2026-02-30' })] }),
      'invalid-value',
      'line bill date',
    ],
    ['a currency outside ISO 4217', order({ currency: 'XQX' }), 'unknown-currency', 'currency'],
    ['an amount that no event can hold', order({ foreigntotal: '1234567890123456' }), 'too-large', 'foreigntotal'],
    ['a missing number', order({ tranid: undefined }), 'invalid-value', 'order tranid'],
  ])('is refused for %s', (_what, record, code, field) => {
    expect(mapOrder(record, origin)).toMatchObject({ kind: 'refused', problem: { code, field } });
  });
});

describe('a credit memo', () => {
  const link = (more: Partial<RawLink> = {}): RawLink => ({
    ...{ previousdoc: '5', nextdoc: '8', nexttype: 'CustCred', foreignamount: '30' },
    ...more,
  });
  const memo = (header: Partial<RawRow> = {}, parts: Partial<CreditMemoRecord> = {}): CreditMemoRecord => ({
    header: {
      ...head,
      ...{
        id: '8',
        tranid: 'CM8',
        foreigntotal: '119',
        foreignpaymentamountused: '30',
        foreignpaymentamountunused: '89',
      },
      ...{ status: 'A', origin: '5', origintype: 'CustInvc' },
      ...header,
    },
    lines: [line({ quantity: '2', foreignamount: '100' }), { ...taxLine, foreignamount: '19' }],
    links: [link()],
    ...parts,
  });

  it('becomes amounts as they are credited, with what it settles and where it comes from', () => {
    expect(mapCreditMemo(memo(), origin)).toMatchObject({
      kind: 'mapped',
      value: {
        ...{ creditMemoId: idOf('creditMemo', origin, '8'), lifecycle: 'OPEN', contractId, period: '2026-03' },
        ...{ net: '100', tax: '19', gross: '119', applied: '30', unapplied: '89' },
        lines: [
          { quantity: '2', unitPrice: '50', net: '100', tax: '0' },
          { quantity: null, net: '0', tax: '19' },
        ],
        allocations: [{ invoiceId: idOf('invoice', origin, '5'), amount: '30' }],
        reversalOf: idOf('invoice', origin, '5'),
        source: { entity: 'creditMemo', id: '8' },
      },
    });
  });

  it('takes the contract of its invoice when it names none, and reverses invoices only', () => {
    const other = { contract: undefined, origincontract: contractId, origintype: 'RtnAuth' };
    expect(mapCreditMemo(memo(other), origin)).toMatchObject({ value: { contractId, reversalOf: null } });
    const stranger = { contract: 'K-1', origincontract: contractId, origin: undefined, origintype: undefined };
    expect(mapCreditMemo(memo(stranger), origin)).toMatchObject({ value: { contractId: null, reversalOf: null } });
  });

  it('is the same credit when the account states it with a sign', () => {
    const signed = { foreigntotal: '-119', foreignpaymentamountused: '-30', foreignpaymentamountunused: '-89' };
    expect(mapCreditMemo(memo(signed), origin)).toMatchObject({
      value: { gross: '119', applied: '30', unapplied: '89' },
    });
  });

  it('is voided whatever its letter, and applied when nothing is left', () => {
    const zero = { foreigntotal: '0', foreignpaymentamountused: '0', foreignpaymentamountunused: '0', voided: 'T' };
    const nothing = { lines: [], links: [] };
    expect(mapCreditMemo(memo(zero, nothing), origin)).toMatchObject({ value: { lifecycle: 'VOIDED', gross: '0' } });
    const all = { status: 'B', foreignpaymentamountused: '119', foreignpaymentamountunused: '0' };
    const whole = { links: [link({ foreignamount: '100' }), link({ previousdoc: '6', foreignamount: '19' })] };
    expect(mapCreditMemo(memo(all, whole), origin)).toMatchObject({ value: { lifecycle: 'APPLIED' } });
  });

  it.each([
    ['lines that are not its total', memo({ foreigntotal: '118' }), 'lines'],
    ['settlements that are not what was used', memo({}, { links: [link({ foreignamount: '29.99' })] }), 'applications'],
    ['a rest that does not follow', memo({ foreignpaymentamountunused: '88' }), 'unapplied amount'],
  ])('is refused for %s', (_what, record, field) => {
    expect(mapCreditMemo(record, origin)).toMatchObject({
      kind: 'refused',
      problem: { code: 'does-not-add-up', field },
    });
  });

  it('is refused for a status that we do not know', () => {
    expect(mapCreditMemo(memo({ status: 'E' }), origin)).toMatchObject({ problem: { code: 'unknown-status' } });
  });
});
