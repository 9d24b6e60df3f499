import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billedLine, contract, contractLine, order } from '../../test/sides.ts';
import { checkBillingSchedule } from './billing-schedule.ts';
import type { BilledLine, Contract, ContractLine, ErpOrder } from './contract.ts';
import { contractsWithLines } from './contract.ts';

/** 80 on 20 March, in the middle enough for a tolerance of ten days on both sides. */
const line: ContractLine = { ...contractLine, billOn: '2026-03-20' };
const bill: BilledLine = { ...billedLine, date: '2026-03-20' };

interface World {
  readonly contract?: Partial<Contract>;
  readonly lines?: readonly ContractLine[];
  readonly orders?: readonly ErpOrder[];
  readonly bills?: readonly BilledLine[];
  readonly today?: string;
}
const differences = ({
  contract: change,
  lines = [line],
  orders = [order],
  bills = [bill],
  today = '2026-06-30',
}: World) =>
  checkBillingSchedule(contractsWithLines([{ ...contract, ...change }], lines), orders, bills, {
    today,
    toleranceDays: 10,
  });
const told = (world: World): unknown[] =>
  differences(world).map(({ kind, object, expected, actual }) => [kind, object, expected, actual]);

describe('the billing schedule against the invoices', () => {
  it.each<[string, World, unknown[]]>([
    ['agree', {}, []],
    ['miss a bill whose days are over', { bills: [], today: '2026-03-31' }, [['missing', 'b1', '80', null]]],
    ['miss nothing while the days run', { bills: [], today: '2026-03-30' }, []],
    ['miss nothing that is scheduled later', { bills: [], today: '2026-03-01' }, []],
    ['miss nothing where no order is there to bill: orders-crm-erp tells', { bills: [], orders: [] }, []],
    [
      'miss nothing of a closed order: contract-billing tells',
      { bills: [], orders: [{ ...order, isClosed: true }] },
      [],
    ],
    ['miss nothing of a contract that does not bind', { bills: [], contract: { isActive: false } }, []],
    ['miss no bill over nothing', { bills: [], lines: [{ ...line, net: '0.00' }] }, []],
    ['have a bill on the first day that is early enough', { bills: [{ ...bill, date: '2026-03-10' }] }, []],
    [
      'have a bill that is early by a day too much',
      { bills: [{ ...bill, date: '2026-03-09' }] },
      [['early', 'b1', '2026-03-20', '2026-03-09']],
    ],
    ['have a bill on the last day', { bills: [{ ...bill, date: '2026-03-30' }] }, []],
    [
      'have a bill that is late by a day too much',
      { bills: [{ ...bill, date: '2026-03-31' }] },
      [['late', 'b1', '2026-03-20', '2026-03-31']],
    ],
    ['leave another month to contract-billing', { bills: [{ ...bill, date: '2026-05-20' }] }, []],
    ['have a cent too much', { bills: [{ ...bill, net: '80.01' }] }, [['amount', 'b1', '80', '80.01']]],
    ['have a cent too little', { bills: [{ ...bill, net: '79.99' }] }, [['amount', 'b1', '80', '79.99']]],
    ['wait for the rest of a part', { bills: [{ ...bill, net: '30' }], today: '2026-03-30' }, []],
    [
      'take parts that make the whole',
      {
        bills: [
          { ...bill, net: '30' },
          { ...bill, invoiceId: 'i2', net: '50' },
        ],
      },
      [],
    ],
    ['leave twice billed to contract-billing', { bills: [bill, { ...bill, invoiceId: 'i2' }] }, []],
    ['leave another currency to contract-billing', { bills: [{ ...bill, currency: 'EUR', net: '1' }] }, []],
    ['have a bill of the opposite sign', { bills: [{ ...bill, net: '-80' }] }, [['amount', 'b1', '80', '-80']]],
    [
      'agree on a credit that was scheduled',
      { lines: [{ ...line, net: '-80' }], bills: [{ ...bill, net: '-80' }] },
      [],
    ],
  ])('%s', (_name, world, expected) => {
    expect(told(world)).toEqual(expected);
  });

  it.each<[string, string, unknown[]]>([
    ['within the days after the end', '2026-04-10', []],
    ['after them', '2026-04-11', [['after-end', 'i9', '2026-03-31', '2026-04-11']]],
  ])('tell of a bill beside the schedule %s', (_name, date, expected) => {
    const beside = { ...bill, invoiceId: 'i9', billingId: null, date };
    expect(told({ contract: { endsOn: '2026-03-31' }, bills: [bill, beside, { ...beside, net: '1' }] })).toEqual(
      expected,
    );
    expect(told({ contract: { endsOn: '2026-03-31', isActive: false }, bills: [beside] })).toEqual(expected);
    expect(told({ bills: [bill, beside] })).toEqual([]);
  });

  it('tell where to look', () => {
    expect(differences({ bills: [] })).toMatchObject([
      {
        ...{ check: 'billing-schedule', objectType: 'contract-line', currency: 'CHF', customerId: 'cust' },
        ...{ legalEntityId: 'le', changedAt: ['2026-01-02T00:00:00.000Z'] },
        evidence: { contract: '00000101', billOn: '2026-03-20', order: 'SO1', asOf: '2026-06-30', invoices: '' },
      },
    ]);
  });

  it('agree however the schedule was cut into bills within its days, in every order', () => {
    const cents = fc.integer({ min: 1, max: 9_999 });
    const parts = fc.array(fc.tuple(cents, fc.integer({ min: 10, max: 30 })), { minLength: 1, maxLength: 6 });
    const amount = (value: number): string => (value / 100).toFixed(2);
    fc.assert(
      fc.property(parts, fc.boolean(), (cut, turned) => {
        const net = amount(cut.reduce((total, [part]) => total + part, 0));
        const bills = cut.map(([part, day], n) => ({
          ...bill,
          invoiceId: `i${n}`,
          net: amount(part),
          date: `2026-03-${day}`,
        }));
        const world = { lines: [{ ...line, net }], bills: turned ? bills.toReversed() : bills };
        expect(told(world)).toEqual([]);
        const lost = { ...world, bills: bills.slice(1) };
        expect(told(lost).map((one) => (one as string[])[0])).toEqual([cut.length === 1 ? 'missing' : 'amount']);
        expect(differences({ ...lost, bills: lost.bills.toReversed() })).toEqual(differences(lost));
      }),
    );
  });
});
