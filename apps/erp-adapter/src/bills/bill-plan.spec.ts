import type { ErpCommand } from '@tieout/canonical';
import type { StandingOrder } from '@tieout/connector-erp';
import { expect, it } from 'vitest';
import { planBill } from './bill-plan.ts';

const line = (billingId: string, net: string): ErpCommand['lines'][number] => ({
  ...{ billingId, billOn: '2026-03-31', itemCode: null, description: 'Part', quantity: '1', unitPrice: net, net },
});
const command = (more: Partial<ErpCommand> = {}) =>
  ({ lines: [line('b2', '20.01')], invoiceDate: '2026-03-31', ...more }) as ErpCommand;
const order = (more: Partial<StandingOrder> = {}): StandingOrder =>
  ({
    ...{ id: '7', number: 'SO7', status: 'open' },
    content: { lines: ['80', '20.01'].map((net, n) => ({ billingId: `b${n + 1}`, net })) },
    lines: ['1', '3'].map((key) => ({ key, billedNet: '0', closed: false })),
    ...more,
  }) as unknown as StandingOrder;
const second = (more: object) => ({ lines: [order().lines[0]!, { ...order().lines[1]!, ...more }] });

it('a bill takes the keys of the lines that it names', () => {
  expect(planBill(command(), order())).toEqual({ kind: 'bill', date: '2026-03-31', lines: ['3'] });
  const both = command({ lines: [line('b2', '20.01'), line('b1', '80')] });
  expect(planBill(both, order())).toMatchObject({ lines: ['3', '1'] });
});

it.each<[string, ErpCommand, StandingOrder, string]>([
  ['the date is missing', command({ invoiceDate: null }), order(), 'no-invoice-date'],
  ['no line is named', command({ lines: [] }), order(), 'nothing-to-bill'],
  ['the order is closed', command(), order({ status: 'closed' }), 'order-closed'],
  ['the order has no such line', command({ lines: [line('b9', '1')] }), order(), 'unknown-line'],
  ['the line is billed in part', command(), order(second({ billedNet: '0.01' })), 'billed-line'],
  ['the line was closed', command(), order(second({ closed: true })), 'line-closed'],
  ['the line stands a cent higher', command({ lines: [line('b2', '20')] }), order(), 'line-differs'],
  ['a line is named twice', command({ lines: [line('b2', '20.01'), line('b2', '20.01')] }), order(), 'line-twice'],
])('nothing is billed when %s', (_name, asked, standing, code) => {
  expect(planBill(asked, standing)).toMatchObject({ kind: 'refused', code });
});
