import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compareCustomers, OWNED_BY_CRM } from './customers.ts';
import type { Customer } from './customers.ts';

const crm: Customer = {
  customerId: 'c1',
  vendorId: '001',
  instance: 'main',
  accountNumber: 'A-1',
  name: 'Acme',
  taxId: 'DE1',
  changedAt: null,
};
const erp: Customer = { ...crm, vendorId: '77' };
const told = (left: Customer[], right: Customer[]): unknown[] =>
  compareCustomers(left, right).map(({ kind, object, expected, actual }) => [kind, object, expected, actual]);

describe('customers of CRM and ERP', () => {
  it.each<[string, Partial<Customer>, unknown[]]>([
    ['agree', {}, []],
    ['agree whatever blanks a system adds', { name: ' Acme ' }, []],
    ['differ in the number', { accountNumber: 'A-2' }, [['accountNumber', 'c1', 'A-1', 'A-2']]],
    ['differ in the name', { name: 'ACME' }, [['name', 'c1', 'Acme', 'ACME']]],
    ['differ in the tax id', { taxId: null }, [['taxId', 'c1', 'DE1', null]]],
    [
      'are strangers without the external id',
      { customerId: null },
      [
        ['missing', 'c1', 'Acme', null],
        ['extra', 'erp:77', null, 'Acme'],
      ],
    ],
  ])('%s', (_name, change, expected) => {
    expect(told([crm], [{ ...erp, ...change }])).toEqual(expected);
  });

  it('may say more in the ERP than the CRM does', () => {
    expect(told([{ ...crm, taxId: null }], [erp])).toEqual([]);
  });

  it('share a number only under one name', () => {
    const twin = { ...crm, customerId: 'c2', vendorId: '002' };
    const twinErp = { ...erp, customerId: 'c2', vendorId: '78' };
    expect(told([crm, twin], [erp, twinErp])).toEqual([]);
    expect(told([crm, { ...twin, name: 'Bolt' }], [erp, { ...twinErp, name: 'Bolt' }])).toEqual([
      ['duplicate-number', 'crm:A-1', 'Acme', 'Bolt'],
      ['duplicate-number', 'erp:A-1', 'Acme', 'Bolt'],
    ]);
    const nameless = { ...crm, accountNumber: null };
    expect(
      told([nameless, { ...twin, accountNumber: null, name: 'Bolt' }], [erp, { ...twinErp, name: 'Bolt' }]),
    ).toEqual([['duplicate-number', 'erp:A-1', 'Acme', 'Bolt']]);
  });

  it('are compared in what the CRM owns, as the contracts say', () => {
    const file = path.resolve(import.meta.dirname, '../../../../schemas/ownership.yaml');
    const owners = parse(readFileSync(file, 'utf8')) as Record<string, { crm?: string[] }>;
    expect(Object.keys(OWNED_BY_CRM)).toEqual(owners['finance.customer-account.v1']?.crm);
  });

  it('have one account in each instance of the ERP, compared one by one', () => {
    const twice = [erp, { ...erp, vendorId: '78', name: 'Bolt' }];
    expect(told([crm], twice.slice(0, 1))).toEqual([]);
    const expected = [
      ['name', 'c1', 'Acme', 'Bolt'],
      ['duplicate-account', 'c1', '1', '2'],
    ];
    expect(told([{ ...crm, accountNumber: null }], twice)).toEqual([
      ...expected,
      ['duplicate-number', 'erp:A-1', 'Acme', 'Bolt'],
    ]);
    expect(told([{ ...crm, accountNumber: null }], twice.toReversed()).slice(0, 2)).toEqual(expected);
    expect(told([crm], [erp, { ...erp, instance: 'eu' }])).toEqual([]);
  });
});
