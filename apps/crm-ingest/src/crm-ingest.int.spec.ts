import { customerIdOf } from '@tieout/connector-salesforce';
import { eventually, takeTurns } from '@tieout/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deployContracts, openOrg, type Contracts, type OrgFixture } from '../test/fixture-org.ts';

takeTurns('crm-ingest');

let contracts: Contracts;
let org: OrgFixture;

beforeAll(async () => {
  contracts = await deployContracts();
});
beforeEach(async () => {
  org = await openOrg(contracts);
});
afterEach(() => org.close());

const customers = () => org.records('finance.customer.v1');
const until = <T>(predicate: () => T | Promise<T>) => eventually(predicate, { intervalMs: 200, timeoutMs: 30_000 });

describe('crm-ingest', () => {
  it('publishes every account once, over pages, and each change as the next revision', async () => {
    const accounts = Array.from({ length: 450 }, (_, i) => ({
      External_Id__c: `c-${i}`,
      AccountNumber: `C-${i}`,
      Name: `Customer ${i}`,
    }));
    await org.upsert('Account', ...accounts);
    await org.start();
    await until(async () => (await customers()).length >= 450);
    const first = await customers();
    expect(new Set(first.map(({ accountNumber }) => accountNumber)).size).toBe(450);
    expect(first.every(({ revision, lifecycle }) => revision === 1n && lifecycle === 'ACTIVE')).toBe(true);

    const [id] = await org.upsert('Account', { External_Id__c: 'c-7', Name: 'Renamed', CurrencyIsoCode: 'EUR' });
    // A second write within the same second: the stamp does not tell it apart.
    await org.upsert('Account', { External_Id__c: 'c-7', Name: 'Renamed again' });
    const customerId = customerIdOf(org.instance, id!);
    const last = await until(async () =>
      (await customers()).findLast((c) => c.customerId === customerId && c.name === 'Renamed again'),
    );
    expect(last).toMatchObject({ currency: 'EUR', accountNumber: 'C-7' });
    const history = (await customers()).filter((c) => c.customerId === customerId).map(({ revision }) => revision);
    expect(history).toEqual(history.map((_, i) => BigInt(i + 1)));
  });

  it('holds a second account with the same number out, lets the rest flow, and releases it when the number is changed', async () => {
    await org.start();
    const [, second, other] = await org.upsert(
      'Account',
      { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' },
      { External_Id__c: 'b', AccountNumber: 'N-1', Name: 'Birke' },
      { External_Id__c: 'c', AccountNumber: 'N-2', Name: 'Celtis', CurrencyIsoCode: 'XQX' },
    );
    await org.upsert('Account', { External_Id__c: 'd', AccountNumber: 'N-3', Name: 'Douglasie' });
    const ids = [second!, other!].map((id) => customerIdOf(org.instance, id));
    const exceptions = async () =>
      (await org.records('finance.exception.v1')).filter(({ objectId }) => ids.includes(objectId));
    await until(async () => (await exceptions()).length >= 2);
    expect(
      (await exceptions())
        .map(({ kind, status, details }) => [kind, status, details['name'] ?? details['value']])
        .sort(),
    ).toEqual([
      ['customer-number-conflict', 'OPEN', 'Birke'],
      ['unknown-currency', 'OPEN', 'XQX'],
    ]);
    await until(async () => (await customers()).length >= 2);
    expect((await customers()).map(({ name }) => name).sort()).toEqual(['Ahorn', 'Douglasie']);
    expect(await org.metric('tieout_crm_accounts', { state: 'customer-number-conflict' })).toBe(1);

    await org.upsert(
      'Account',
      { External_Id__c: 'b', AccountNumber: 'N-9', Name: 'Birke' },
      { External_Id__c: 'c', Name: 'Celtis', CurrencyIsoCode: 'CHF' },
    );
    await until(async () => (await customers()).length >= 4);
    await until(async () => (await exceptions()).filter(({ status }) => status === 'RESOLVED').length === 2);
  });

  it('publishes a deletion as a record with lifecycle DELETED and frees the number', async () => {
    await org.start();
    const [id] = await org.upsert('Account', { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    await until(async () => (await customers()).length === 1);
    await org.remove(id!);
    await until(async () => (await customers()).some(({ lifecycle }) => lifecycle === 'DELETED'));
    await org.upsert('Account', { External_Id__c: 'b', AccountNumber: 'N-1', Name: 'Birke' });
    await until(async () => (await customers()).some(({ name }) => name === 'Birke'));
  });

  it('finds by its listings a change that no event tells, also when it carries the stamp of the one before it', async () => {
    await org.start({ SALESFORCE_SWEEP_INTERVAL_MS: '1000' });
    const [id] = await org.upsert('Account', { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    const changed = performance.now();
    await until(async () => (await customers()).length === 1);
    await eventually(() => performance.now() - changed > 4_500);
    await org.sql(`UPDATE sandbox_salesforce.account SET name = 'Committed late' WHERE id = '${id!}'`);
    await until(async () => (await customers()).some(({ name }) => name === 'Committed late'));
    expect(await org.metric('tieout_crm_sweeps_total', { entity: 'Account', reason: 'interval' })).toBeGreaterThan(0);
  });

  it('publishes the deletion of an account that happened while its database was lost', async () => {
    await org.start();
    const [id] = await org.upsert('Account', { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    await until(async () => (await customers()).length === 1);
    await org.stop();
    await org.sql('DROP SCHEMA crm_ingest CASCADE');
    await org.remove(id!);
    await org.start();
    await until(async () => (await customers()).some(({ lifecycle }) => lifecycle === 'DELETED'));
    expect((await customers()).map(({ revision }) => revision)).toEqual([1n, 2n]);
  });

  it('opens a new session when the old one is ended', async () => {
    await org.start();
    await org.upsert('Account', { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    await until(async () => (await customers()).length === 1);
    org.sandbox.expireSessions();
    await org.upsert('Account', { External_Id__c: 'b', AccountNumber: 'N-2', Name: 'Birke' });
    await until(async () => (await customers()).length === 2);
    expect(org.sandbox.usage().tokens).toBeGreaterThanOrEqual(4);
  });

  it('answers snapshot requests with the raw records, a header that counts them, and exact sums of lines', async () => {
    const [account] = await org.upsert(
      'Account',
      { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' },
      { External_Id__c: 'b', AccountNumber: 'N-1', Name: 'Birke' },
    );
    const [contract, gone] = await org.upsert(
      'Contract',
      { External_Id__c: 'k', AccountId: account!, CurrencyIsoCode: 'EUR', ContractTerm: 12 },
      { External_Id__c: 'g', AccountId: account!, CurrencyIsoCode: 'EUR' },
    );
    const line = (n: number, Net_Amount__c: string, CurrencyIsoCode: string) => ({
      External_Id__c: `l-${n}`,
      Contract__c: contract!,
      Bill_On__c: '2026-03-31',
      Net_Amount__c,
      CurrencyIsoCode,
    });
    // Beyond the exact digits of a binary number.
    const nets = ['99999999999999.99', '0.02', '7.5'];
    await org.upsert('Contract_Line__c', ...nets.map((net, n) => line(n, net, n < 2 ? 'EUR' : 'CHF')));
    await org.remove(gone!);
    await org.start();
    const headerOf = async (snapshotId: string) =>
      (await org.records('finance.snapshot.v1')).find((snapshot) => snapshot.snapshotId === snapshotId);
    const taken = async (object: string) => {
      const snapshotId = await org.requestSnapshot(object);
      const header = await until(() => headerOf(snapshotId));
      const items = (await org.records('finance.snapshot-item.v1')).filter((item) => item.snapshotId === snapshotId);
      return { header, items };
    };
    const accounts = await taken('customer');
    expect(accounts.header).toMatchObject({ complete: true, count: 2n, error: null, runId: 'run-1', sums: [] });
    expect(
      accounts.items.map(({ index, fields }) => [
        index,
        fields['Name'],
        fields['AccountNumber'],
        'Tax_Id__c' in fields,
      ]),
    ).toEqual([
      [0n, 'Ahorn', 'N-1', false],
      [1n, 'Birke', 'N-1', false],
    ]);
    const agreements = await taken('contract');
    expect(agreements.header).toMatchObject({ complete: true, count: 1n, sums: [] });
    expect(agreements.items.map(({ itemId, fields }) => [itemId, fields['Status'], fields['ContractTerm']])).toEqual([
      [contract, 'Draft', '12'],
    ]);
    const lines = await taken('contract-line');
    expect(lines.header).toMatchObject({
      complete: true,
      count: 3n,
      sums: [
        { name: 'net', currency: 'CHF', amount: '7.5' },
        { name: 'net', currency: 'EUR', amount: '100000000000000.01' },
      ],
    });
    expect(lines.items.map(({ fields }) => fields['Net_Amount__c']).sort()).toEqual([...nets].sort());
    expect(lines.items[0]?.fields).toMatchObject({
      Contract__c: contract,
      Bill_On__c: '2026-03-31',
      IsDeleted: 'false',
    });
  });
});
