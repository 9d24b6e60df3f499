import { describe, expect, it } from 'vitest';
import { contract, contractLine, contractLines, order } from '../../test/sides.ts';
import { contractsWithLines } from './contract.ts';
import type { Contract, ContractLine, ErpOrder } from './contract.ts';
import { compareOrders } from './orders.ts';

const found = (contracts: Contract[], orders: ErpOrder[], lines: readonly ContractLine[] = contractLines) =>
  compareOrders(contractsWithLines(contracts, lines), orders, (code) => code && `id of ${code}`);
const told = (...given: Parameters<typeof found>): unknown[] =>
  found(...given).map(({ kind, object, expected, actual }) => [kind, object, expected, actual]);
const draft = { ...contract, status: 'Draft', isActive: false };

describe('orders of CRM and ERP', () => {
  it.each<[string, Partial<ErpOrder>, unknown[]]>([
    ['agree', {}, []],
    ['agree whatever was billed of it', { rest: '0' }, []],
    ['agree when the order was closed', { isClosed: true }, []],
    ['differ in the currency', { currency: 'EUR' }, [['currency', 'c1', 'CHF', 'EUR']]],
    ['differ in the customer', { customerId: 'other' }, [['customer', 'c1', 'cust', 'other']]],
    ['differ when the order is for a customer nobody linked', { customerId: null }, [['customer', 'c1', 'cust', null]]],
    ['differ in the legal entity', { legalEntity: 'DE' }, [['legal-entity', 'c1', 'CH', 'DE']]],
    [
      'are strangers without the contract',
      { contractId: null },
      [
        ['missing', 'c1', '100.01', null],
        ['extra', 'o1', null, '100.01'],
      ],
    ],
  ])('%s', (_name, change, expected) => {
    expect(told([contract], [{ ...order, ...change }])).toEqual(expected);
  });

  it('are there once for every active contract that has something to bill, and only for those', () => {
    expect(told([contract], [])).toEqual([['missing', 'c1', '100.01', null]]);
    expect(told([contract], [], [])).toEqual([]);
    expect(told([contract], [order], [])).toEqual([]);
    expect(told([draft], [])).toEqual([]);
    expect(told([draft], [order])).toEqual([['extra', 'o1', null, '100.01']]);
    expect(told([], [order])).toEqual([['extra', 'o1', null, '100.01']]);
    expect(told([], [], [])).toEqual([]);
    const twin = { ...order, id: 'o2', number: 'SO2', vendorId: '2' };
    expect(told([contract], [order, twin])).toEqual([['duplicate', 'c1', '1', '2']]);
    expect(told([contract], [order, { ...twin, currency: 'EUR' }])).toEqual([
      ['currency', 'c1', 'CHF', 'EUR'],
      ['duplicate', 'c1', '1', '2'],
    ]);
  });

  it('that differ can be walked back to each side', () => {
    const [missing] = found([contract], []);
    expect(missing).toMatchObject({
      ...{ check: 'orders-crm-erp', objectType: 'contract', customerId: 'cust', currency: 'CHF' },
      ...{ legalEntityId: 'id of CH', changedAt: [contractLine.changedAt] },
      evidence: { contract: '00000101', crm: '800A', contractNet: '100.01', lines: '2' },
    });
    const [other] = found([contract], [{ ...order, currency: 'EUR' }]);
    expect(other).toMatchObject({
      changedAt: [contractLine.changedAt, null],
      evidence: { contract: '00000101', crm: '800A', orders: 'SO1', erp: '1', erpCustomers: '77' },
    });
    const [extra] = found([draft], [order]);
    expect(extra).toMatchObject({
      ...{ objectType: 'order', legalEntityId: 'le', customerId: 'cust', currency: 'CHF' },
      evidence: { number: 'SO1', date: '2026-03-01', erp: '1', contractId: 'c1', contractStatus: 'Draft' },
    });
    expect(found([], [order])[0]?.evidence['contractStatus']).toBe('no such contract');
  });
});
