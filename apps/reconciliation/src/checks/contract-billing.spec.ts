import { describe, expect, it } from 'vitest';
import { billedLine, contract, contractLine, contractLines, order } from '../../test/sides.ts';
import { checkContractBilling } from './contract-billing.ts';
import { contractsWithLines } from './contract.ts';
import type { BilledLine, ErpOrder } from './contract.ts';

const april: BilledLine = {
  ...{ ...billedLine, invoiceId: 'i2', vendorId: '4712', number: 'INV2', date: '2026-04-30' },
  ...{ net: '20.01', billingId: 'b2' },
};
const sold = contractsWithLines([contract], contractLines);
const found = (lines: BilledLine[], orders: ErpOrder[] = [order], contracts = sold) =>
  checkContractBilling(contracts, orders, lines);
const told = (...given: Parameters<typeof found>): unknown[] =>
  found(...given).map(({ kind, object, expected, actual }) => [kind, object, expected, actual]);
const march = (change: Partial<BilledLine>): BilledLine => ({ ...billedLine, ...change });

describe('contract net = net billed + unbilled net of the order', () => {
  it.each<[string, Partial<ErpOrder>, BilledLine[], unknown[]]>([
    ['holds', {}, [billedLine], []],
    ['holds before anything is billed', { rest: '100.01' }, [], []],
    ['holds when all is billed', { rest: '0' }, [billedLine, april], []],
    ['holds whatever the writing', { rest: '20.0100' }, [march({ net: '80.00' })], []],
    ['has a cent too much left', { rest: '20.02' }, [billedLine], [['net', 'c1', '100.01', '100.02']]],
    ['has a cent too little left', { rest: '20' }, [billedLine], [['net', 'c1', '100.01', '100']]],
    ['has a cent too much billed', {}, [march({ net: '80.01' })], [['net', 'c1', '100.01', '100.02']]],
    ['leaves nothing of a closed order', { isClosed: true }, [billedLine], [['net', 'c1', '100.01', '80']]],
    ['holds for a closed order of which all is billed', { isClosed: true }, [billedLine, april], []],
  ])('%s', (_name, change, lines, expected) => {
    expect(told(lines, [{ ...order, ...change }])).toEqual(expected);
  });

  it('is not asked without exactly one order in the currency: another check says what is wrong', () => {
    expect(told([], [])).toEqual([]);
    expect(told([], [{ ...order, currency: 'EUR' }])).toEqual([]);
    expect(told([], [order, { ...order, id: 'o2' }])).toEqual([]);
    const draft = contractsWithLines([{ ...contract, isActive: false }], contractLines);
    expect(told([], [order], draft)).toEqual([]);
  });

  it('counts an active contract without lines as nothing sold', () => {
    expect(told([], [order], contractsWithLines([contract], []))).toEqual([['net', 'c1', '0', '20.01']]);
  });

  it('adds up lines of the contract in its currency only', () => {
    const mixed = contractsWithLines([contract], [contractLine, { ...contractLine, billingId: 'b3', currency: 'EUR' }]);
    const [difference] = found([billedLine], [order], mixed);
    expect(difference).toMatchObject({ expected: '80', evidence: { linesInOtherCurrency: '1' } });
  });

  it('tells the figures and documents behind it', () => {
    expect(found([march({ net: '79' })])[0]).toMatchObject({
      ...{ check: 'contract-billing', objectType: 'contract', legalEntityId: 'le', customerId: 'cust' },
      ...{ currency: 'CHF', difference: '-1', changedAt: [contractLine.changedAt, null] },
      evidence: {
        ...{ contract: '00000101', crm: '800A', order: 'SO1', erp: '1', orderNet: '100.01' },
        ...{ billedNet: '79', unbilledNet: '20.01', invoices: 'INV1' },
      },
    });
  });
});

describe('what invoices bill', () => {
  it.each<[string, Partial<BilledLine>, unknown[]]>([
    ['the first day of its month', { date: '2026-03-01' }, []],
    ['the last day of the month before', { date: '2026-02-28' }, [['period', 'i1', '2026-03', '2026-02']]],
    ['the first day of the next month', { date: '2026-04-01' }, [['period', 'i1', '2026-03', '2026-04']]],
    ['another customer', { customerId: 'other' }, [['customer', 'i1', 'cust', 'other']]],
    ['a customer that nobody linked', { customerId: null }, [['customer', 'i1', 'cust', null]]],
    ['an amount that was not sold', { billingId: 'b9' }, [['unknown-billing', 'i1', null, 'b9']]],
    ['no amount of the contract', { billingId: null }, []],
  ])('%s', (_name, change, expected) => {
    expect(told([march(change)])).toEqual(expected);
  });

  it('another currency, beside what is still to be billed', () => {
    const unbilled = { ...order, rest: '100.01' };
    expect(told([march({ currency: 'EUR' })], [unbilled])).toEqual([['currency', 'i1', 'CHF', 'EUR']]);
  });

  it('a contract that the CRM does not know', () => {
    const [difference] = found([march({ contractId: 'c9' })], [{ ...order, rest: '100.01' }]);
    expect(difference).toMatchObject({
      ...{ kind: 'unknown-contract', object: 'i1', expected: null, actual: 'c9', changedAt: [null] },
      evidence: { number: 'INV1', date: '2026-03-31', erp: '4711', erpCustomer: '77', net: '80' },
    });
  });

  it('is one break per invoice and kind, however many lines', () => {
    const wrong = { customerId: 'other', date: '2026-05-01' };
    expect(told([march(wrong), march({ ...wrong, billingId: 'b2', net: '20.01' })], [{ ...order, rest: '0' }])).toEqual(
      [
        ['customer', 'i1', 'cust', 'other'],
        ['period', 'i1', '2026-03 2026-04', '2026-05'],
      ],
    );
  });

  it('of a draft is held against the draft', () => {
    const draft = contractsWithLines(
      [{ ...contract, isActive: false, customerId: null, currency: null }],
      contractLines,
    );
    expect(told([billedLine], [], draft)).toEqual([['customer', 'i1', null, 'cust']]);
  });
});

describe('an amount billed more than once', () => {
  const again = march({ invoiceId: 'i9', vendorId: '4719', number: 'INV9' });
  const unbilled = { ...order, rest: '20.01' };
  it('is a break of the amount, and the contract does not add up', () => {
    expect(told([billedLine, again], [unbilled])).toEqual([
      ['net', 'c1', '100.01', '180.01'],
      ['duplicate', 'b1', '1', '2'],
    ]);
    expect(found([billedLine, again]).find(({ kind }) => kind === 'duplicate')).toMatchObject({
      ...{ objectType: 'contract-line', legalEntityId: 'le', customerId: 'cust', currency: 'CHF' },
      evidence: {
        ...{ contract: '00000101', crm: 'a001', billOn: '2026-03-31', agreedNet: '80', erp: '4711 4719' },
        ...{ invoices: 'INV1 (2026-03-31) INV9 (2026-03-31)', billed: 'INV1: 80 CHF INV9: 80 CHF' },
      },
    });
  });

  it.each<[string, BilledLine[], boolean]>([
    ['in parts that make up the amount', [march({ net: '50' }), { ...again, net: '30' }], false],
    ['in parts that are a cent too much', [march({ net: '50' }), { ...again, net: '30.01' }], true],
    ['twice on one invoice', [billedLine, billedLine], true],
    ['in another currency too', [march({ net: '50' }), { ...again, net: '30', currency: 'EUR' }], true],
  ])('%s', (_name, lines, expected) => {
    expect(found(lines).some(({ kind }) => kind === 'duplicate')).toBe(expected);
  });

  it('may be a discount, billed in parts as well', () => {
    const discount = contractsWithLines([contract], [{ ...contractLine, net: '-10' }]);
    const parts = (second: string): BilledLine[] => [march({ net: '-6' }), { ...again, net: second }];
    expect(found(parts('-4'), [], discount)).toEqual([]);
    expect(found(parts('-5'), [], discount)).toMatchObject([{ kind: 'duplicate' }]);
  });
});
