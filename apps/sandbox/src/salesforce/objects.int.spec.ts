import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSalesforceSandbox, type SalesforceSandbox } from './start.ts';
import { BASE, signIn, type RestSession } from './test-client.ts';

let sandbox: SalesforceSandbox;
let org: RestSession;

beforeAll(async () => {
  sandbox = await startSalesforceSandbox({ databaseUrl: (await createDatabase('salesforce_objects')).url });
  org = await signIn(sandbox.credentials);
});
afterAll(() => sandbox.close());

const read = async (object: string, id: string) => (await org.call('GET', `${BASE}/sobjects/${object}/${id}`)).body;
const errorOf = async (method: string, path: string, body: unknown) => {
  const answer = await org.call(method, `${BASE}/sobjects/${path}`, body);
  return [answer.status, answer.body[0].errorCode, answer.body[0].fields];
};
const contractOf = async (AccountId: string) => org.post('Contract', { AccountId, CurrencyIsoCode: 'EUR' });

describe('opportunities', () => {
  it('take what follows from their stage, and a text that is no stage as it is', async () => {
    const AccountId = await org.post('Account', { Name: 'Buyer' });
    const id = await org.post('Opportunity', {
      AccountId,
      Name: 'Deal',
      StageName: 'Qualification',
      CloseDate: '2026-03-31',
    });
    expect(await read('Opportunity', id)).toMatchObject({
      AccountId,
      CloseDate: '2026-03-31',
      Probability: 10,
      ForecastCategoryName: 'Pipeline',
      IsClosed: false,
      IsWon: false,
      CurrencyIsoCode: 'USD',
      Amount: null,
    });
    await org.patch('Opportunity', id, { StageName: 'Closed Won' });
    expect(await read('Opportunity', id)).toMatchObject({ Probability: 100, IsClosed: true, IsWon: true });
    await org.patch('Opportunity', id, { StageName: 'Verbal Yes', Probability: 12.5 });
    expect(await read('Opportunity', id)).toMatchObject({
      StageName: 'Verbal Yes',
      Probability: 12.5,
      IsClosed: false,
      ForecastCategoryName: 'Closed',
    });
    expect(await errorOf('PATCH', `Opportunity/${id}`, { IsWon: true })).toEqual([
      400,
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      ['IsWon'],
    ]);
  });
});

describe('contracts', () => {
  it('are created as drafts, numbered, and end when their term is over', async () => {
    const AccountId = await org.post('Account', { Name: 'Client' });
    expect(await errorOf('POST', 'Contract', { AccountId, Status: 'Activated' })).toEqual([
      400,
      'FAILED_ACTIVATION',
      ['Status'],
    ]);
    expect(await errorOf('POST', 'Contract', {})).toEqual([400, 'REQUIRED_FIELD_MISSING', ['AccountId']]);
    const id = await org.post('Contract', { AccountId, StartDate: '2026-01-31', ContractTerm: 13 });
    const draft = await read('Contract', id);
    expect(draft).toMatchObject({ Status: 'Draft', EndDate: '2027-02-27', ContractTerm: 13 });
    expect(draft.ContractNumber).toMatch(/^\d{8}$/);
    for (const Status of ['Activated', 'Signed Elsewhere']) {
      expect((await org.patch('Contract', id, { Status })).status).toBe(204);
      expect((await read('Contract', id)).Status).toBe(Status);
    }
    expect(await errorOf('PATCH', `Contract/${id}`, { ContractTerm: 1.5 })).toEqual([
      400,
      'JSON_PARSER_ERROR',
      ['ContractTerm'],
    ]);
  });

  it('take their lines along when deleted, an account all of its contracts and opportunities, and bring them back', async () => {
    const AccountId = await org.post('Account', { Name: 'Gone' });
    const Contract__c = await contractOf(AccountId);
    const line = await org.post('Contract_Line__c', { Contract__c, Bill_On__c: '2026-02-01', Net_Amount__c: 1 });
    const early = await org.post('Contract_Line__c', { Contract__c, Bill_On__c: '2026-01-01', Net_Amount__c: 2 });
    await org.post('Opportunity', { AccountId, Name: 'x', StageName: 'Prospecting', CloseDate: '2026-01-01' });
    await org.call('DELETE', `${BASE}/sobjects/Contract_Line__c/${early}`);
    await org.call('DELETE', `${BASE}/sobjects/Account/${AccountId}`);
    const live = async (object: string, where: string) =>
      (await org.query(`SELECT COUNT() FROM ${object} WHERE ${where}`)).body.totalSize;
    expect(await live('Contract', `AccountId = '${AccountId}'`)).toBe(0);
    expect(await live('Opportunity', `AccountId = '${AccountId}'`)).toBe(0);
    expect(await read('Contract_Line__c', line)).toMatchObject([{ errorCode: 'ENTITY_IS_DELETED' }]);
    expect(await errorOf('POST', 'Contract', { AccountId })).toEqual([400, 'ENTITY_IS_DELETED', ['AccountId']]);
    expect((await org.door(`/undelete/${AccountId}`)).status).toBe(204);
    expect(await live('Contract_Line__c', `Contract__c = '${Contract__c}'`)).toBe(1);
    expect((await org.door(`/undelete/${AccountId}`)).status).toBe(400);
  });
});

describe('contract lines', () => {
  it('keep every digit of their amounts on the way in and out', async () => {
    const Contract__c = await contractOf(await org.post('Account', { Name: 'Digits' }));
    const id = await org.post(
      'Contract_Line__c',
      `{"Contract__c":"${Contract__c}","Bill_On__c":"2026-01-31","Quantity__c":3,"Unit_Price__c":0.10,"Net_Amount__c":1234567890123456.0125}`,
    );
    const answer = await org.call('GET', `${BASE}/sobjects/Contract_Line__c/${id}`);
    expect(answer.text).toContain('"Net_Amount__c":1234567890123456.0125');
    expect(answer.text).toContain('"Unit_Price__c":0.10');
    const found = await org.query(
      `SELECT Name, Net_Amount__c FROM Contract_Line__c WHERE Net_Amount__c = 1234567890123456.0125`,
    );
    expect(found.text).toContain('1234567890123456.0125');
    expect(found.body.records[0].Name).toMatch(/^CL-\d{7}$/);
    const write = (amount: string) =>
      org
        .patch('Contract_Line__c', id, `{"Net_Amount__c":${amount}}`)
        .then(({ status, body }) => [status, body?.[0].errorCode]);
    expect(await write('1e3')).toEqual([204, undefined]);
    expect(await write('"12.5"')).toEqual([204, undefined]);
    expect(await write('true')).toEqual([400, 'JSON_PARSER_ERROR']);
    expect(await write('12345678901234567')).toEqual([400, 'NUMBER_OUTSIDE_VALID_RANGE']);
    expect(await write('null')).toEqual([400, 'REQUIRED_FIELD_MISSING']);
    expect(await write('0.1.2')).toEqual([400, 'JSON_PARSER_ERROR']);
  });

  it('refer to records that exist, and stay with their contract', async () => {
    const Contract__c = await contractOf(await org.post('Account', { Name: 'Refers' }));
    const body = { Contract__c, Bill_On__c: '2026-01-31', Net_Amount__c: 1 };
    const unknown = { ...body, Product__c: '01t5g0000zzzzzz' };
    expect(await errorOf('POST', 'Contract_Line__c', unknown)).toEqual([
      400,
      'INVALID_CROSS_REFERENCE_KEY',
      ['Product__c'],
    ]);
    expect(await errorOf('POST', 'Contract_Line__c', { ...body, Bill_On__c: '2026-02-30' })).toEqual([
      400,
      'JSON_PARSER_ERROR',
      ['Bill_On__c'],
    ]);
    const id = await org.post('Contract_Line__c', body);
    expect(await errorOf('PATCH', `Contract_Line__c/${id}`, { Contract__c })).toEqual([
      400,
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      ['Contract__c'],
    ]);
  });
});

describe('every object', () => {
  it('is upserted by external id, alone and in collections of several types', async () => {
    const put = await org.call('PATCH', `${BASE}/sobjects/Product2/External_Id__c/p-1`, {
      Name: 'Seat',
      IsActive: true,
    });
    expect([put.status, put.body.created]).toEqual([201, true]);
    expect(await read('Product2', put.body.id)).toMatchObject({ Name: 'Seat', IsActive: true, External_Id__c: 'p-1' });
    const records = [
      { attributes: { type: 'Account' }, Name: 'Mixed' },
      { attributes: { type: 'Product2' }, Name: 'Other' },
      { attributes: { type: 'Contact' }, Name: 'No such type' },
      { attributes: { type: 'product2' }, Id: put.body.id, ProductCode: 'SEAT' },
    ];
    const created = await org.call('POST', `${BASE}/composite/sobjects`, { records: records.slice(0, 3) });
    expect(created.body.map((r: { success: boolean; id?: string }) => [r.success, r.id?.slice(0, 3)])).toEqual([
      [true, '001'],
      [true, '01t'],
      [false, undefined],
    ]);
    const updated = await org.call('PATCH', `${BASE}/composite/sobjects`, { records: records.slice(3) });
    expect(updated.body[0].success).toBe(true);
    const deleted = await org.call('DELETE', `${BASE}/composite/sobjects?ids=${put.body.id},${created.body[0].id}`);
    expect(deleted.body.map((r: { success: boolean }) => r.success)).toEqual([true, true]);
  });

  it('is counted by the vendor per currency; its sums of amounts come in the currency of the org', async () => {
    const Contract__c = await contractOf(await org.post('Account', { Name: 'Sums' }));
    const lines = [
      ['USD', '0.10'],
      ['USD', '0.20'],
      ['EUR', '92.00'],
    ] as const;
    for (const [CurrencyIsoCode, amount] of lines)
      await org.post(
        'Contract_Line__c',
        `{"Contract__c":"${Contract__c}","Bill_On__c":"2026-01-31","Quantity__c":2.5,"CurrencyIsoCode":"${CurrencyIsoCode}","Net_Amount__c":${amount}}`,
      );
    const { body, text } = await org.query(
      `SELECT CurrencyIsoCode, COUNT(Id), SUM(Net_Amount__c), SUM(Quantity__c) quantity FROM Contract_Line__c WHERE Contract__c = '${Contract__c}' GROUP BY CurrencyIsoCode`,
    );
    expect(body.records).toEqual([
      { attributes: { type: 'AggregateResult' }, CurrencyIsoCode: 'EUR', expr0: 1, expr1: 100, quantity: 2.5 },
      { attributes: { type: 'AggregateResult' }, CurrencyIsoCode: 'USD', expr0: 2, expr1: 0.3, quantity: 5 },
    ]);
    expect(text).toContain('"expr1":0.3,'); // and no 0.30000000000000004
  });
});
