import { describe, expect, it } from 'vitest';
import { mapContract } from './contract.map.ts';
import { EVENT_FIELDS } from './entities.ts';
import type { Mapped } from './fate.ts';
import { idOf } from './identity.ts';
import { mapOpportunity } from './opportunity.map.ts';
import { STANDARD_PICKLISTS } from './picklists.ts';
import { mapProduct } from './product.map.ts';
import type { Contract, ContractLine, Opportunity, Product } from './vendor-types.ts';

const STAMP = '2026-01-31T10:00:00.000+0000';
const opportunity: Opportunity = {
  Id: '0065g0000000001AAA',
  Name: 'Rollout',
  AccountId: '0015g0000000001AAA',
  StageName: 'Closed Won',
  Amount: '12000.50',
  CurrencyIsoCode: 'CHF',
  CloseDate: '2026-02-27',
  IsClosed: true,
  IsWon: true,
  IsDeleted: false,
  SystemModstamp: STAMP,
};
const contract: Contract = {
  Id: '8005g0000000001AAA',
  ContractNumber: '00000101',
  AccountId: '0015g0000000001AAA',
  Status: 'Activated',
  CurrencyIsoCode: 'CHF',
  Legal_Entity__c: ' CH ',
  StartDate: '2026-03-01',
  ContractTerm: '12',
  Opportunity__c: '0065g0000000001AAA',
  IsDeleted: false,
  SystemModstamp: STAMP,
};
const line: ContractLine = {
  Id: 'a005g0000000001AAA',
  Contract__c: contract.Id,
  Product__c: '01t5g0000000001AAA',
  Bill_On__c: '2026-03-31',
  Quantity__c: '0.3333333333',
  Unit_Price__c: '240',
  Net_Amount__c: '80.00',
  Description__c: 'March',
  CurrencyIsoCode: 'CHF',
  IsDeleted: false,
  SystemModstamp: STAMP,
};
const product: Product = {
  Id: '01t5g0000000001AAA',
  Name: 'Subscription',
  ProductCode: 'SUB-1',
  Family: 'Software',
  IsActive: true,
  IsDeleted: false,
  SystemModstamp: STAMP,
};
const productCodes = new Map([[product.Id, product.ProductCode]]);
const deal = (change: Partial<Opportunity> = {}) =>
  mapOpportunity({ ...opportunity, ...change }, 'main', STANDARD_PICKLISTS);
const agreement = (change: Partial<Contract> = {}, ...lines: Partial<ContractLine>[]) =>
  mapContract(
    { contract: { ...contract, ...change }, lines: lines.map((one) => ({ ...line, ...one })), productCodes },
    'main',
    STANDARD_PICKLISTS,
  );
const valueOf = <T>(mapped: Mapped<T>): T => {
  if (mapped.kind === 'refused') throw new Error(mapped.problem.message);
  return mapped.value;
};
const refusal = (mapped: Mapped<unknown>) =>
  mapped.kind === 'refused' ? [mapped.problem.code, mapped.problem.field, mapped.problem.value] : 'mapped';

describe('an Opportunity becomes a deal', () => {
  it('with every field in its place', () => {
    expect(valueOf(deal())).toEqual({
      opportunityId: idOf('Opportunity', 'main', opportunity.Id),
      lifecycle: 'WON',
      name: 'Rollout',
      customerId: idOf('Account', 'main', opportunity.AccountId!),
      stage: 'Closed Won',
      amount: '12000.5',
      currency: 'CHF',
      closeDate: '2026-02-27',
      source: {
        system: 'salesforce',
        instance: 'main',
        entity: 'Opportunity',
        id: opportunity.Id,
        version: null,
        changedAt: '2026-01-31T10:00:00.000Z',
      },
    });
  });

  it.each([
    [{ StageName: 'Prospecting', IsClosed: false, IsWon: false }, 'OPEN'],
    [{ StageName: 'Closed Lost', IsClosed: true, IsWon: false }, 'LOST'],
    [{ IsDeleted: true, StageName: 'Gone from the list' }, 'DELETED'],
  ] as const)('%j as %s', (change, lifecycle) => {
    expect(valueOf(deal(change)).lifecycle).toBe(lifecycle);
  });

  it('without an amount it has no currency either', () => {
    expect(valueOf(deal({ Amount: null, AccountId: null }))).toMatchObject({
      amount: null,
      currency: null,
      customerId: null,
    });
  });

  it.each([
    [{ StageName: 'Verbally agreed' }, ['unmapped-value', 'StageName', 'Verbally agreed']],
    [{ Name: ' ' }, ['missing-name', 'Name', '']],
    [{ CloseDate: null }, ['missing-value', 'CloseDate', '']],
    [{ CloseDate: '2026-02-30' }, ['invalid-value', 'CloseDate', '2026-02-30']],
    [{ CurrencyIsoCode: 'XQX' }, ['unknown-currency', 'CurrencyIsoCode', 'XQX']],
    [{ Amount: '1.005' }, ['too-many-decimals', 'Amount', '1.005']],
    [{ Amount: '1e15' }, ['too-large', 'Amount', '1000000000000000']],
    [{ Amount: '1.5', CurrencyIsoCode: 'JPY' }, ['too-many-decimals', 'Amount', '1.5']],
  ])('but not with %j', (change, problem) => {
    expect(refusal(deal(change))).toEqual(problem);
  });

  it('and a stage that is not known says what would fix it', () => {
    const mapped = deal({ StageName: 'Verbally agreed' });
    expect(mapped.kind === 'refused' && mapped.problem.message).toMatch(
      /^Opportunity Rollout \(0065.*\): StageName "Verbally agreed" is not a stage .*Prospecting.*SALESFORCE_STAGES$/,
    );
  });
});

describe('a Contract with its lines becomes a contract', () => {
  it('with every field in its place, its lines in the order of their dates', () => {
    const bare = {
      Id: 'a005g0000000002AAA',
      Product__c: null,
      Bill_On__c: '2026-02-28',
      Quantity__c: null,
      Unit_Price__c: null,
      Net_Amount__c: '2.001e1',
      Description__c: null,
    };
    expect(valueOf(agreement({}, {}, bare))).toEqual({
      contractId: idOf('Contract', 'main', contract.Id),
      lifecycle: 'ACTIVE',
      number: '00000101',
      customerId: idOf('Account', 'main', contract.AccountId!),
      opportunityId: idOf('Opportunity', 'main', opportunity.Id),
      legalEntity: 'CH',
      currency: 'CHF',
      startDate: '2026-03-01',
      termMonths: 12,
      net: '100.01',
      billingSchedule: [
        {
          billingId: idOf('Contract_Line__c', 'main', bare.Id),
          billOn: '2026-02-28',
          productId: null,
          productCode: null,
          description: null,
          quantity: '1',
          unitPrice: '20.01',
          net: '20.01',
        },
        {
          billingId: idOf('Contract_Line__c', 'main', line.Id),
          billOn: '2026-03-31',
          productId: idOf('Product2', 'main', product.Id),
          productCode: 'SUB-1',
          description: 'March',
          quantity: '0.3333333333',
          unitPrice: '240',
          net: '80',
        },
      ],
      source: {
        system: 'salesforce',
        instance: 'main',
        entity: 'Contract',
        id: contract.Id,
        version: null,
        changedAt: '2026-01-31T10:00:00.000Z',
      },
    });
  });

  it.each([
    ['Draft', 'DRAFT'],
    ['In Approval Process', 'IN_APPROVAL'],
    ['Activated', 'ACTIVE'],
  ])('of the status %s as %s', (Status, lifecycle) => {
    expect(valueOf(agreement({ Status })).lifecycle).toBe(lifecycle);
  });

  it('of a status that this deployment has given a meaning', () => {
    const statuses = new Map([['Cancelled', 'ENDED' as const]]);
    const reading = { contract: { ...contract, Status: 'Cancelled' }, lines: [], productCodes };
    expect(valueOf(mapContract(reading, 'main', { statuses }))).toMatchObject({ lifecycle: 'ENDED', net: '0' });
  });

  it('without its deleted lines, unless it was deleted with them', () => {
    const lines = [{}, { Id: 'a005g0000000002AAA', IsDeleted: true }];
    expect(valueOf(agreement({}, ...lines))).toMatchObject({ net: '80' });
    const gone = valueOf(
      agreement({ IsDeleted: true, Status: 'Anything' }, ...lines.map((one) => ({ ...one, IsDeleted: true }))),
    );
    expect(gone).toMatchObject({ lifecycle: 'DELETED', net: '160' });
  });

  it('takes nets as they stand: quantity and price only explain them', () => {
    const { billingSchedule, net } = valueOf(
      agreement({}, { Quantity__c: '3', Unit_Price__c: '33.3333', Net_Amount__c: '100' }),
    );
    expect([billingSchedule[0]?.unitPrice, net]).toEqual(['33.3333', '100']);
  });

  it('while it is a draft without a legal entity, start or term', () => {
    const draft = { Status: 'Draft', Legal_Entity__c: null, StartDate: null, ContractTerm: null, Opportunity__c: null };
    expect(valueOf(agreement(draft))).toMatchObject({
      legalEntity: '',
      startDate: null,
      termMonths: null,
      opportunityId: null,
      net: '0',
      billingSchedule: [],
    });
  });

  it.each([
    [{ Status: 'Superseded' }, {}, ['unmapped-value', 'Status', 'Superseded']],
    [{ Status: null }, {}, ['missing-value', 'Status', '']],
    [{ Legal_Entity__c: ' ' }, {}, ['missing-value', 'Legal_Entity__c', '']],
    [{ AccountId: null }, {}, ['missing-value', 'AccountId', '']],
    [{ CurrencyIsoCode: null }, {}, ['unknown-currency', 'CurrencyIsoCode', '']],
    [{ ContractTerm: '1.5' }, {}, ['invalid-value', 'ContractTerm', '1.5']],
    [{}, { CurrencyIsoCode: 'EUR' }, ['currency-mismatch', 'CurrencyIsoCode', 'EUR']],
    [{}, { Net_Amount__c: null }, ['missing-value', 'Net_Amount__c', '']],
    [{}, { Net_Amount__c: '1.001' }, ['too-many-decimals', 'Net_Amount__c', '1.001']],
    [{}, { Bill_On__c: null }, ['missing-value', 'Bill_On__c', '']],
    [{}, { Unit_Price__c: null }, ['missing-value', 'Unit_Price__c', '']],
    [{}, { Unit_Price__c: '0.00000000001' }, ['too-many-decimals', 'Unit_Price__c', '0.00000000001']],
    [{}, { Quantity__c: '1234567890123456789' }, ['too-large', 'Quantity__c', '1234567890123456789']],
  ])('but not with %j and a line with %j', (change, ofLine, problem) => {
    expect(refusal(agreement(change, ofLine))).toEqual(problem);
  });

  it('nor when its lines are more than an amount can hold', () => {
    const lines = ['1', '2'].map((n) => ({ Id: `a005g000000000${n}AAA`, Net_Amount__c: '600000000000000' }));
    expect(refusal(agreement({}, ...lines))).toEqual(['too-large', 'the sum of the lines', '1200000000000000']);
  });
});

describe('a Product2 becomes a product', () => {
  it('with every field in its place', () => {
    expect(valueOf(mapProduct(product, 'main'))).toMatchObject({
      productId: idOf('Product2', 'main', product.Id),
      lifecycle: 'ACTIVE',
      code: 'SUB-1',
      name: 'Subscription',
      family: 'Software',
    });
    expect(valueOf(mapProduct({ ...product, IsActive: false, ProductCode: '' }, 'main'))).toMatchObject({
      lifecycle: 'INACTIVE',
      code: null,
    });
    expect(valueOf(mapProduct({ ...product, IsDeleted: true, Name: null }, 'main')).lifecycle).toBe('DELETED');
  });

  it('but not without a name', () => {
    expect(refusal(mapProduct({ ...product, Name: null }, 'main'))).toEqual(['missing-name', 'Name', '']);
  });
});

describe('the fields of change events that something is mapped from', () => {
  it('are those that are read, addresses as compounds, without what the org itself stamps', () => {
    expect([...EVENT_FIELDS.Account].sort()).toEqual([
      'AccountNumber',
      'BillingAddress',
      'CurrencyIsoCode',
      'Name',
      'ParentId',
      'Payment_Terms__c',
      'ShippingAddress',
      'Tax_Id__c',
    ]);
    expect(EVENT_FIELDS.Opportunity).toContain('StageName');
    expect(EVENT_FIELDS.Opportunity).not.toContain('Probability');
    for (const fields of Object.values(EVENT_FIELDS)) expect(fields).not.toContain('SystemModstamp');
  });
});
