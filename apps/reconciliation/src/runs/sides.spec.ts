import { canonicalId } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { noSides, noTopic } from '../../test/sides.ts';
import { scopesOf } from './scope.ts';
import { sidesOf } from './sides.ts';
import type { RunFacts, TakenSnapshot } from './sides.ts';
import { heldBySystem } from './systems.ts';

const taken = (name: string, rows: Record<string, string>[], change: Partial<TakenSnapshot> = {}): TakenSnapshot => {
  const [object = '', system = ''] = name.split('@');
  const items = rows.map(({ id = '', ...fields }) => ({ itemId: id, fields }));
  return { object, system, instance: 'main', header: null, items, problem: null, ...change };
};
const contract = { id: '800A', Status: 'Activated', AccountId: '001A', CurrencyIsoCode: 'CHF', Legal_Entity__c: 'CH' };
const order = {
  ...{ id: '4701', tranid: 'SO1', trandate: '2026-03-01', currency: 'CHF', subsidiary: '2', entity: '77' },
  ...{ foreigntotal: '100', net: '100', unbillednet: '100', status: 'B', custbody_contract: 'c1' },
};
const customer = { id: '77', externalid: 'cust', isinactive: 'T' };
const facts: RunFacts = {
  ...{ topic: null, references: null, cutOff: null, planningLoadedAt: null },
  terms: noSides.terms,
};

describe('the sides of a run', () => {
  it('join the customer that a document is for, in use or not', () => {
    const of = (rows: Record<string, string>[]) =>
      sidesOf([taken('order@netsuite', [order]), taken('customer@netsuite', rows)], facts);
    expect(of([customer])).toMatchObject({ erpOrders: [{ customerId: 'cust' }], erpCustomers: [] });
    expect(of([])).toMatchObject({ erpOrders: [{ customerId: null }] });
  });

  it('keep ERP instances apart', () => {
    const { erpOrders } = sidesOf(
      [
        taken('order@netsuite', [order]),
        taken('order@netsuite', [order], { instance: 'eu' }),
        taken('customer@netsuite', [customer]),
        taken('customer@netsuite', [{ ...customer, externalid: 'other' }], { instance: 'eu' }),
      ],
      facts,
    );
    expect(erpOrders?.map(({ id, customerId }) => [id, customerId])).toEqual([
      [canonicalId('netsuite', 'main', 'salesOrder', '4701'), 'cust'],
      [canonicalId('netsuite', 'eu', 'salesOrder', '4701'), 'other'],
    ]);
  });

  it('take the systems of a group together, and none while one of them has not answered', () => {
    const sap = {
      ...{
        id: '7',
        SalesOrderDate: '2026-03-01',
        CompanyCode: '1010',
        SoldToParty: '1000000',
        TransactionCurrency: 'EUR',
      },
      ...{ AskedNetAmount: '50', AskedTaxAmount: '0', UnbilledNetAmount: '50' },
    };
    const customerId = '00000000-0000-0000-0000-0000000000c1';
    const partner = { id: '1000000', customerId, BusinessPartnerIDByExtSystem: '0000000000000000005D' };
    const both = (change: Partial<TakenSnapshot>): TakenSnapshot[] => [
      ...[taken('order@netsuite', [order]), taken('customer@netsuite', [customer])],
      taken('order@sap-s4hana', [sap], { instance: 'corporate', ...change }),
      taken('customer@sap-s4hana', [partner], { instance: 'corporate' }),
    ];
    const { erpOrders } = sidesOf(both({}), facts);
    expect(erpOrders?.map((row) => [row.net, row.legalEntity, row.customerId])).toEqual([
      ['100', null, 'cust'],
      ['50', '1010', customerId],
    ]);
    expect(sidesOf(both({ problem: 'no answer' }), facts).erpOrders).toBeNull();
  });

  it('up to a date have the documents until then and no contracts', () => {
    const snapshots = [
      taken('contract@salesforce', [contract]),
      taken('contract-line@salesforce', []),
      taken('order@netsuite', [order, { ...order, id: '4702', trandate: '2026-03-02' }]),
    ];
    expect(sidesOf(snapshots, facts)).toMatchObject({ contracts: [{}], contractLines: [] });
    const upTo = sidesOf(snapshots, { ...facts, cutOff: '2026-03-01' });
    expect(upTo).toMatchObject({ contracts: null, contractLines: null, erpOrders: [{ vendorId: '4701' }] });
  });

  it('are missing where a snapshot is, and tell what could not be read', () => {
    const none = sidesOf([taken('order@netsuite', [order], { problem: 'no answer' })], facts);
    expect(none).toMatchObject({ erpOrders: null, contracts: null, plannedCells: null, erpCreditMemos: null });
    const { unreadable } = sidesOf([taken('contract-line@salesforce', [{ id: 'a001' }])], facts);
    expect(unreadable).toEqual([
      { check: 'contract-billing', objectType: 'contract-line', itemId: 'a001', reason: 'no Contract__c' },
    ]);
  });

  it('have each id once, the same whatever the order, and tell which came again', () => {
    const rows = [order, { ...order, foreigntotal: '99' }, { ...order, id: '4702' }];
    const of = (some: typeof rows) => {
      const { erpOrders, repeated } = sidesOf([taken('order@netsuite', some), taken('customer@netsuite', [])], facts);
      return [erpOrders?.map(({ vendorId, amount }) => `${vendorId} ${amount}`).toSorted(), repeated];
    };
    const repeated = { check: 'orders-erp-topic', objectType: 'order', itemId: '4701', times: 2 };
    expect(of(rows)[0]).toEqual(['4701 100', '4702 100']);
    expect(of(rows)[1]).toContainEqual(repeated);
    expect(of(rows.toReversed())[0]).toEqual(of(rows)[0]);
  });

  it('hold what is void or cancelled apart, up to the date as well', () => {
    const rows = [
      { ...order, id: '1', voided: 'T' },
      { ...order, id: '2', status: 'SalesOrd:C' },
      { ...order, id: '3', voided: 'T', trandate: '2026-03-02' },
      { id: '4', voided: 'T' },
    ];
    const of = (cutOff: string | null) => {
      const { erpReversed, erpOrders } = sidesOf([taken('order@netsuite', rows)], { ...facts, cutOff });
      expect(erpOrders).toEqual([]);
      return erpReversed.map(({ type, date }) => `${type} ${date}`);
    };
    expect(of(null)).toEqual(['order 2026-03-01', 'order 2026-03-01', 'order 2026-03-02', 'order null']);
    expect(of('2026-03-01')).toEqual(['order 2026-03-01', 'order 2026-03-01', 'order null']);
  });

  it('find a legal entity by its code as far as the topics tell', () => {
    const { legalEntityIdOf } = sidesOf([], {
      ...facts,
      topic: { ...noTopic, legalEntities: new Map([['le', 'CH']]) },
    });
    expect([legalEntityIdOf('CH'), legalEntityIdOf('DE'), legalEntityIdOf(null)]).toEqual(['le', null, null]);
    expect(sidesOf([], facts).legalEntityIdOf('CH')).toBeNull();
  });
});

describe('what of the topics a run looks at', () => {
  const side = (object: string, system: string, instance = 'main') => ({ object, system, instance });

  it('are records of the instances that it asks', () => {
    const sides = [
      ...[side('invoice', 'netsuite'), side('payment', 'netsuite', 'eu'), side('credit-memo', 'netsuite')],
      ...[side('forecast', 'anaplan', 'plan'), side('cell', 'anaplan'), side('contract', 'salesforce')],
    ];
    expect(scopesOf(sides, '2026-03-31')).toEqual({
      topics: {
        ...{ receivables: ['main', 'eu'], orders: [], creditMemos: ['main'], forecasts: ['plan'] },
        customers: new Map(),
        cutOff: '2026-03-31',
      },
      figures: {
        instances: new Map([
          ['netsuite', ['main', 'eu']],
          ['anaplan', ['plan', 'main']],
          ['salesforce', ['main']],
        ]),
        cutOff: '2026-03-31',
      },
    });
  });
});

describe('what a system holds', () => {
  const place = { object: 'order', system: 'netsuite', instance: 'main' };
  it('is what its header says, and nothing before there is one', () => {
    expect(heldBySystem({ ...place, header: null })).toEqual({
      ...place,
      ...{ count: null, complete: false, error: null, takenAt: null, sums: [] },
    });
    const sums = [{ name: 'net', currency: 'CHF', amount: '100.01' }];
    const header = {
      ...{ ...place, snapshotId: 's', runId: 'r', cutOff: null, complete: true, error: null, count: 3n, sums },
      takenAt: '2026-01-01T00:00:00.000Z',
    };
    expect(heldBySystem({ ...place, header })).toEqual({
      ...place,
      ...{ count: 3, complete: true, error: null, takenAt: '2026-01-01T00:00:00.000Z', sums },
    });
    const many = Array.from({ length: 900 }, () => sums[0]!);
    expect(heldBySystem({ ...place, header: { ...header, sums: many } }).sums).toHaveLength(500);
  });
});
