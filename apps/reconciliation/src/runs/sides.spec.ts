import { canonicalId } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { noTopic } from '../../test/sides.ts';
import { scopesOf } from './scope.ts';
import { sidesOf } from './sides.ts';
import type { TakenSnapshot } from './sides.ts';
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

describe('the sides of a run', () => {
  it('join the customer that a document is for, in use or not', () => {
    const of = (rows: Record<string, string>[]) =>
      sidesOf([taken('order@netsuite', [order]), taken('customer@netsuite', rows)], null, null, null);
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
      ...([null, null, null] as const),
    );
    expect(erpOrders?.map(({ id, customerId }) => [id, customerId])).toEqual([
      [canonicalId('netsuite', 'main', 'salesOrder', '4701'), 'cust'],
      [canonicalId('netsuite', 'eu', 'salesOrder', '4701'), 'other'],
    ]);
  });

  it('up to a date have the documents until then and no contracts', () => {
    const snapshots = [
      taken('contract@salesforce', [contract]),
      taken('contract-line@salesforce', []),
      taken('order@netsuite', [order, { ...order, id: '4702', trandate: '2026-03-02' }]),
    ];
    expect(sidesOf(snapshots, null, null, null)).toMatchObject({ contracts: [{}], contractLines: [] });
    const upTo = sidesOf(snapshots, null, '2026-03-01', null);
    expect(upTo).toMatchObject({ contracts: null, contractLines: null, erpOrders: [{ vendorId: '4701' }] });
  });

  it('are missing where a snapshot is, and tell what could not be read', () => {
    const none = sidesOf([taken('order@netsuite', [order], { problem: 'no answer' })], null, null, null);
    expect(none).toMatchObject({ erpOrders: null, contracts: null, plannedCells: null, erpCreditMemos: null });
    const { unreadable } = sidesOf([taken('contract-line@salesforce', [{ id: 'a001' }])], null, null, null);
    expect(unreadable).toEqual([
      { check: 'contract-billing', objectType: 'contract-line', itemId: 'a001', reason: 'no Contract__c' },
    ]);
  });

  it('find a legal entity by its code as far as the topics tell', () => {
    const { legalEntityIdOf } = sidesOf([], { ...noTopic, legalEntities: new Map([['le', 'CH']]) }, null, null);
    expect([legalEntityIdOf('CH'), legalEntityIdOf('DE'), legalEntityIdOf(null)]).toEqual(['le', null, null]);
    expect(sidesOf([], null, null, null).legalEntityIdOf('CH')).toBeNull();
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
