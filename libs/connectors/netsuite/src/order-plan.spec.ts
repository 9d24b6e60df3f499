import type { ErpCommand } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { planOrder, type AskedOrder, type OrderPlan, type StandingOrder } from '@tieout/connector-erp';
import { orderBody } from './order-body.map.ts';
import { askedOrder, standingOrder, type OrderReferences } from './order-write.map.ts';
import type { OrderRecord, RawLine } from './vendor-types.ts';

const id = (n: number): string => `0a3c3b7e-1111-5222-8333-${String(n).padStart(12, '0')}`;
const refs: OrderReferences = {
  subsidiaries: new Map([['391', '2']]),
  currencies: new Map([['EUR', '4']]),
  items: new Map([['SEAT', '11']]),
  defaultItem: '1',
};
type CommandLine = ErpCommand['lines'][number];
const first: CommandLine = {
  ...{ billingId: id(31), billOn: '2026-03-31', itemCode: 'SEAT', description: 'March' },
  ...{ quantity: '0.3333333333', unitPrice: '240', net: '80' },
};
const second: CommandLine = {
  ...{ billingId: id(32), billOn: '2026-04-30', itemCode: null, description: null },
  ...{ quantity: '1', unitPrice: '20.01', net: '20.01' },
};
const command = (more: Partial<ErpCommand> = {}): ErpCommand => ({
  ...{ commandId: id(6), type: 'PUT_ORDER', contractId: id(3), contractRevision: 4n, contractNumber: '00000101' },
  ...{ customerId: id(1), legalEntity: '391', currency: 'EUR', orderDate: '2026-03-01', net: '100.01' },
  lines: [first, second],
  ...{ invoiceDate: null, requestedAt: '2026-03-01T02:00:00.000Z' },
  ...more,
});
function asked(more: Partial<ErpCommand> = {}): AskedOrder {
  const answer = askedOrder(command(more), refs);
  if (answer.kind === 'refused') throw new Error(answer.refusal.message);
  return answer.order;
}
const was = (...lines: CommandLine[]): AskedOrder['content'] => asked({ lines }).content;

const row = (n: number, more: Partial<RawLine>): RawLine => ({
  ...{ transaction: '7', linekey: String(n), line: String(n), taxline: 'F', isclosed: 'F' },
  ...more,
});
const rowOne = row(1, {
  ...{ itemid: '11', item: 'SEAT', memo: 'March', quantity: '-0.3333333333', rate: '240', foreignamount: '-80' },
  ...{ billing: id(31), billon: '2026-03-31' },
});
const rowTwo = row(2, {
  ...{ itemid: '1', item: 'Services', memo: 'Services', quantity: '-1', rate: '20.01', foreignamount: '-20.01' },
  ...{ billing: id(32), billon: '2026-04-30' },
});
/** As the ERP shows it: a text of the item's own where we sent none. */
function standing(
  lines: readonly RawLine[] = [rowOne, rowTwo],
  billed: Record<string, string> = {},
  header = {},
): StandingOrder {
  const record: OrderRecord = {
    header: {
      ...{ id: '7', tranid: 'SO7', trandate: '2026-03-01', entity: '3', customerexternalid: id(1), currency: 'EUR' },
      ...{ subsidiary: '2', foreigntotal: '100.01', status: 'F', voided: 'F', modified: '2026-03-01 09:30:00' },
      ...{ externalid: id(3), contract: id(3), otherrefnum: '00000101', ...header },
    },
    lines: [...lines, row(1000001, { taxline: 'T', foreignamount: '-8.1' })],
    billed: Object.entries(billed).map(([previousline, net]) => ({ previousdoc: '7', previousline, billed: net })),
  };
  const read = standingOrder(record);
  if (read.kind === 'refused') throw new Error(read.problem.message);
  return read.value;
}

/** What is sent for a plan. */
const bodyOf = (ask: AskedOrder, plan: OrderPlan, order: StandingOrder | null): object =>
  orderBody(ask, order, plan.kind === 'change' ? plan.differences : []);

describe('a command in the words of the ERP', () => {
  it.each([
    ['a legal entity that is no subsidiary', { legalEntity: '392' }, 'unknown-legal-entity'],
    ['a currency that the account does not have', { currency: 'CHF' }, 'unknown-currency'],
    ['an item that is not there', { lines: [{ ...first, itemCode: 'SEATS' }] }, 'unknown-item'],
    ['an amount that the ERP would round', { lines: [{ ...first, net: '80.001' }] }, 'too-many-decimals'],
  ])('is refused for %s', (_what, more, code) => {
    expect(askedOrder(command(more), refs)).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  it('is refused without a default for lines that name no item', () => {
    expect(askedOrder(command(), { ...refs, defaultItem: null })).toMatchObject({ refusal: { code: 'unknown-item' } });
  });

  it('becomes a sales order with amounts as text and lines in the order of the schedule', () => {
    expect(planOrder(asked(), null, [])).toEqual({ kind: 'create' });
    expect(orderBody(asked(), null, [])).toEqual({
      ...{ custbody_contract: id(3), otherRefNum: '00000101', entity: { externalId: id(1) } },
      ...{ subsidiary: { id: '2' }, currency: { id: '4' }, tranDate: '2026-03-01' },
      item: {
        items: [
          {
            ...{ item: { id: '11' }, quantity: '0.3333333333', rate: '240', amount: '80', description: 'March' },
            ...{ custcol_bill_on: '2026-03-31', custcol_billing_id: id(31) },
          },
          {
            ...{ item: { id: '1' }, quantity: '1', rate: '20.01', amount: '20.01' },
            ...{ custcol_bill_on: '2026-04-30', custcol_billing_id: id(32) },
          },
        ],
      },
    });
  });
});

describe('an order that stands', () => {
  it('is done when it says what is asked, also after bills and also when somebody else made it so', () => {
    expect(planOrder(asked(), standing(), [])).toEqual({ kind: 'done' });
    expect(
      planOrder(asked(), standing([rowOne, rowTwo], { '1': '80', '2': '20.01' }, { status: 'G' }), [
        was(first, second),
      ]),
    ).toEqual({
      kind: 'done',
    });
    expect(planOrder(asked(), standing(), [was(first)])).toEqual({ kind: 'done' });
  });

  it.each([
    ['an account that keeps five decimals of a quantity', '-0.33333', 'done'],
    ['a quantity that differs', '-0.33335', 'foreign-edit'],
  ])('knows %s', (_what, quantity, outcome) => {
    const plan = planOrder(asked(), standing([{ ...rowOne, quantity }, rowTwo]), [was(first, second)]);
    expect(plan.kind === 'refused' ? plan.refusal.code : plan.kind).toBe(outcome);
  });

  it('is sent what differs, with the keys of the lines that stay', () => {
    const third = { ...second, billingId: id(33), billOn: '2026-05-31' };
    const moved = { ...second, billOn: '2026-04-29', quantity: '2', net: '40.02' };
    const ask = asked({ orderDate: '2026-03-02', lines: [third, first, moved] });
    const plan = planOrder(ask, standing(), [was(first, second)]);
    expect(plan).toMatchObject({
      kind: 'change',
      differences: [
        { field: 'orderDate', line: null, theirs: '2026-03-01', ours: '2026-03-02' },
        { field: 'billOn', line: id(32), theirs: '2026-04-30', ours: '2026-04-29' },
        { field: 'quantity', line: id(32), theirs: '1', ours: '2' },
        { field: 'net', line: id(32), theirs: '20.01', ours: '40.02' },
        { field: 'line', line: id(33), theirs: null, ours: '20.01' },
      ],
    });
    expect(bodyOf(ask, plan, standing())).toEqual({
      tranDate: '2026-03-02',
      item: {
        items: [
          {
            ...{ item: { id: '1' }, quantity: '1', rate: '20.01', amount: '20.01' },
            ...{ custcol_bill_on: '2026-05-31', custcol_billing_id: id(33) },
          },
          { line: 1 },
          { line: 2, quantity: '2', rate: '20.01', amount: '40.02', custcol_bill_on: '2026-04-29' },
        ],
      },
    });
  });

  it('loses a line that the contract no longer has', () => {
    const ask = asked({ lines: [first] });
    const plan = planOrder(ask, standing(), [was(first, second)]);
    expect(plan).toMatchObject({ kind: 'change' });
    expect(bodyOf(ask, plan, standing())).toMatchObject({ item: { items: [{ line: 1 }] } });
  });

  it('of which nothing is known to be ours is taken over', () => {
    const plan = planOrder(asked(), standing([{ ...rowOne, foreignamount: '-79' }]), []);
    expect(plan).toMatchObject({ kind: 'change', differences: [{ field: 'net' }, { field: 'line', theirs: null }] });
  });

  it.each([
    ['C', 'cancelled'],
    ['H', 'closed'],
  ])('is left alone when its status is %s', (status, word) => {
    const plan = planOrder(asked(), standing(undefined, {}, { status }), [was(first, second)]);
    expect(plan).toMatchObject({
      kind: 'refused',
      refusal: { code: 'order-closed', message: `order SO7 was ${word} in the ERP` },
    });
  });
});

describe("somebody else's hand", () => {
  const written = [was(first, second)];
  const refusal = (order: StandingOrder, ask = asked()): unknown => {
    const plan = planOrder(ask, order, written);
    return plan.kind === 'refused'
      ? [plan.refusal.code, plan.differences.map(({ field, line }) => [field, line])]
      : plan.kind;
  };

  it.each([
    ['an amount', [{ ...rowOne, foreignamount: '-81' }, rowTwo], {}, ['net', id(31)]],
    ['a date of billing', [{ ...rowOne, billon: '2026-03-30' }, rowTwo], {}, ['billOn', id(31)]],
    ['a line taken away', [rowOne], {}, ['line', id(32)]],
    ['a line closed', [rowOne, { ...rowTwo, isclosed: 'T' }], {}, ['closed', id(32)]],
    ['a line of its own', [rowOne, rowTwo, { ...rowTwo, linekey: '3', billing: undefined }], {}, ['line', '3']],
    ['a line twice', [rowOne, rowTwo, { ...rowTwo, linekey: '3' }], {}, ['line', id(32)]],
    [
      'a line of another schedule',
      [rowOne, rowTwo, { ...rowTwo, linekey: '3', billing: id(99) }],
      {},
      ['line', id(99)],
    ],
    ['another customer', [rowOne, rowTwo], { customerexternalid: id(2) }, ['customerId', null]],
    ['another currency', [rowOne, rowTwo], { currency: 'USD' }, ['currency', null]],
  ])('shows in %s and is not overwritten', (_what, lines, header, difference) => {
    expect(refusal(standing(lines, {}, header))).toEqual(['foreign-edit', [difference]]);
  });

  it('is seen on a line that is to go', () => {
    const ask = asked({ lines: [first] });
    expect(refusal(standing([rowOne, { ...rowTwo, foreignamount: '-21' }]), ask)).toEqual([
      'foreign-edit',
      [['line', id(32)]],
    ]);
  });

  it('is nothing to speak of where it did what is asked, or closed what was billed in full', () => {
    const dearer = { ...first, net: '81' };
    expect(refusal(standing([{ ...rowOne, foreignamount: '-81' }, rowTwo]), asked({ lines: [dearer, second] }))).toBe(
      'done',
    );
    expect(refusal(standing([rowOne, { ...rowTwo, isclosed: 'T' }], { '2': '20.01' }))).toBe('done');
  });

  it('is none in what an attempt without an answer put there', () => {
    const attempted = was({ ...first, net: '81' }, { ...second, billingId: id(33) });
    const order = standing([
      { ...rowOne, foreignamount: '-81' },
      { ...rowTwo, billing: id(33) },
    ]);
    const ask = asked({ lines: [{ ...first, net: '82' }, second] });
    expect(planOrder(ask, order, [...written, attempted])).toMatchObject({ kind: 'change' });
    expect(planOrder(ask, order, written)).toMatchObject({ kind: 'refused', refusal: { code: 'foreign-edit' } });
  });
});

describe('what was billed', () => {
  const plan = (lines: CommandLine[], billed: Record<string, string>): unknown => {
    const answer = planOrder(asked({ lines }), standing(undefined, billed), [was(first, second)]);
    return answer.kind === 'refused' ? answer.refusal.code : answer.kind;
  };

  it.each([
    ['its amount changes', [{ ...first, net: '80.01' }, second], 'billed-line'],
    ['its quantity changes', [{ ...first, quantity: '1' }, second], 'billed-line'],
    ['its item changes', [{ ...first, itemCode: null }, second], 'billed-line'],
    ['it goes', [second], 'billed-line'],
    ['its date moves', [{ ...first, billOn: '2026-03-30' }, second], 'change'],
    ['its text changes', [{ ...first, description: 'March 2026' }, second], 'change'],
    ['another line changes', [first, { ...second, net: '30' }], 'change'],
  ])('decides when %s', (_what, lines, outcome) => {
    expect(plan(lines, { '1': '10' })).toBe(outcome);
  });
});
