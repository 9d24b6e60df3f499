import { status } from '@grpc/grpc-js';
import { createDatabase, eventually } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pubSubClient, type DecodedEvent, type PubSubClient, type Subscription } from '../pubsub/test-subscriber.ts';
import { USER_ID } from '../record.store.ts';
import { startSalesforceSandbox, type SalesforceSandbox } from '../start.ts';
import { BASE, signIn, type RestSession } from '../test-client.ts';

let sandbox: SalesforceSandbox;
let org: RestSession;
let client: PubSubClient;

beforeAll(async () => {
  const databaseUrl = (await createDatabase('salesforce_changes')).url;
  sandbox = await startSalesforceSandbox({ databaseUrl, pubsub: { keepaliveMs: 100 } });
  org = await signIn(sandbox.credentials);
  client = pubSubClient(sandbox.credentials, org.token);
});
afterAll(async () => {
  client.close();
  await sandbox.close();
});

/** A subscription that has begun, so that it gets all that is written from now on. */
async function listen(topic_name = '/data/ChangeEvents'): Promise<Subscription> {
  const stream = client.subscribe({ topic_name, num_requested: 100 });
  await eventually(() => stream.responses.length > 0, { describe: 'a first keepalive' });
  return stream;
}

/** The events that `work` causes, which are `count`, and no other. */
async function eventsOf(count: number, work: () => Promise<unknown>): Promise<DecodedEvent[]> {
  const stream = await listen();
  await work();
  const said = stream.responses.length;
  await stream.decoded(count);
  await eventually(() => stream.responses.slice(said).some(({ events }) => events.length === 0), {
    describe: 'silence',
  });
  const events = await stream.decoded(count);
  stream.cancel();
  expect(events.length).toBe(count);
  return events;
}

/** Field names of a bitmap array, read the way the vendor describes it and from the event's own schema. */
async function fieldsOf(stream: Subscription, index: number, bitmaps: readonly string[]): Promise<string[]> {
  const { schema_json: json } = await client.schema(stream.events()[index]!.event.schema_id);
  const { fields } = JSON.parse(json) as { fields: { name: string; type: unknown[] }[] };
  const address = fields
    .flatMap(({ type }) => type)
    .find(
      (type): type is { name: string; fields: { name: string }[] } => (type as { name?: string }).name === 'Address',
    );
  return bitmaps.flatMap((text) => {
    const [, parent, hex] = /^(?:(\d+)-)?0x([0-9A-F]+)$/.exec(text)!;
    const bits = BigInt(`0x${hex!}`);
    const names = parent === undefined ? fields : address!.fields;
    const set = names.filter((_, i) => (bits & (1n << BigInt(i))) !== 0n).map(({ name }) => name);
    return parent === undefined ? set : set.map((name) => `${fields[Number(parent)]!.name}.${name}`);
  });
}

/** Values other than null. */
const given = ({ ChangeEventHeader: _, ...fields }: DecodedEvent): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
const headers = (events: readonly DecodedEvent[]) => events.map((event) => event.ChangeEventHeader);

describe('a change event', () => {
  it('of a new record has all that is set and names no changed fields', async () => {
    let id = '';
    const [event] = await eventsOf(1, async () => {
      id = await org.post('Account', { Name: 'New', BillingCity: 'Bern', Tax_Id__c: 'CHE-1' });
    });
    expect(event!.ChangeEventHeader).toMatchObject({
      entityName: 'Account',
      recordIds: [id],
      changeType: 'CREATE',
      changeOrigin: 'com/salesforce/api/rest/63.0',
      sequenceNumber: 1,
      commitUser: USER_ID,
      nulledFields: [],
      changedFields: [],
    });
    expect(given(event!)).toMatchObject({
      Name: 'New',
      BillingAddress: expect.objectContaining({ City: 'Bern', Street: null }),
      Tax_Id__c: 'CHE-1',
      CurrencyIsoCode: 'USD',
      OwnerId: USER_ID,
    });
    expect(given(event!)['CreatedDate']).toBe(Math.floor(event!.ChangeEventHeader.commitTimestamp / 1000) * 1000);
    for (const name of ['Id', 'IsDeleted', 'SystemModstamp']) expect(Object.keys(event!)).not.toContain(name);
  });

  it('of an update has what changed and nothing else, compounds part by part', async () => {
    const id = await org.post('Account', { Name: 'Old', BillingCity: 'Bern', ShippingStreet: 'A', Type: 'Customer' });
    const stream = await listen('/data/AccountChangeEvent');
    await org.patch('Account', id, { Name: 'Next', BillingCity: 'Basel', ShippingStreet: null, Type: 'Customer' });
    const [event] = await stream.decoded(1);
    const { changedFields, nulledFields } = event!.ChangeEventHeader;
    expect(await fieldsOf(stream, 0, changedFields)).toEqual([
      'Name',
      'LastModifiedDate',
      'BillingAddress.City',
      'ShippingAddress.Street',
    ]);
    // Only a part of a compound: no leading element for the fields of the event itself.
    expect(nulledFields).toEqual([expect.stringMatching(/^\d+-0x01$/)]);
    expect(await fieldsOf(stream, 0, nulledFields)).toEqual(['ShippingAddress.Street']);
    expect(Object.keys(given(event!)).sort()).toEqual([
      'BillingAddress',
      'LastModifiedDate',
      'Name',
      'ShippingAddress',
    ]);
    stream.cancel();
  });

  it('tells a value set to null from one that stayed null', async () => {
    const id = await org.post('Account', { Name: 'Nulls', Tax_Id__c: 'x' });
    const stream = await listen();
    await org.patch('Account', id, { Tax_Id__c: null, Type: null });
    const [event] = await stream.decoded(1);
    const { changedFields, nulledFields } = event!.ChangeEventHeader;
    expect(await fieldsOf(stream, 0, nulledFields)).toEqual(['Tax_Id__c']);
    expect(await fieldsOf(stream, 0, changedFields)).toEqual(['LastModifiedDate', 'Tax_Id__c']);
    stream.cancel();
  });

  it('shows amounts as doubles, dates and instants as milliseconds, and a change of digits only as none', async () => {
    const AccountId = await org.post('Account', { Name: 'Amounts' });
    const Contract__c = await org.post('Contract', { AccountId, ContractTerm: 12 });
    let id = '';
    const [created] = await eventsOf(1, async () => {
      const body = { Contract__c, Bill_On__c: '2026-03-01', Net_Amount__c: 99.9, Quantity__c: 3 };
      id = await org.post('Contract_Line__c', body);
    });
    expect(given(created!)).toMatchObject({ Net_Amount__c: 99.9, Quantity__c: 3, Bill_On__c: Date.UTC(2026, 2, 1) });
    const [updated] = await eventsOf(1, () => org.patch('Contract_Line__c', id, '{"Net_Amount__c":99.90}'));
    expect(Object.keys(given(updated!))).toEqual(['LastModifiedDate']);
  });

  it('says what the database worked out: the end of a contract, a deal that is won', async () => {
    const AccountId = await org.post('Account', { Name: 'Computed' });
    const contract = await org.post('Contract', { AccountId, StartDate: '2026-01-01', ContractTerm: 12 });
    const deal = await org.post('Opportunity', { Name: 'D', StageName: 'Qualification', CloseDate: '2026-01-01' });
    const events = await eventsOf(2, async () => {
      await org.patch('Contract', contract, { ContractTerm: 6 });
      await org.patch('Opportunity', deal, { StageName: 'Closed Won' });
    });
    expect(given(events[0]!)).toMatchObject({ ContractTerm: 6, EndDate: Date.UTC(2026, 5, 30) });
    expect(given(events[1]!)).toMatchObject({ IsWon: true, IsClosed: true, Probability: 100 });
  });

  it('names the client that wrote', async () => {
    const id = await org.post('Account', { Name: 'Origin' });
    const events = await eventsOf(2, async () => {
      await org.patch('Account', id, { Name: 'a' }, { 'sforce-call-options': 'client=quote-sync' });
      await org.patch('Account', id, { Name: 'b' }, { 'sforce-call-options': 'defaultNamespace=x, client=tieout' });
    });
    expect(headers(events).map(({ changeOrigin }) => changeOrigin)).toEqual([
      'com/salesforce/api/rest/63.0;client=quote-sync',
      'com/salesforce/api/rest/63.0;client=tieout',
    ]);
  });

  it('of a deletion has a header only, one for each record that goes along, in one transaction', async () => {
    const AccountId = await org.post('Account', { Name: 'Tree' });
    const Contract__c = await org.post('Contract', { AccountId });
    const line = await org.post('Contract_Line__c', { Contract__c, Bill_On__c: '2026-01-01', Net_Amount__c: 1 });
    const gone = await eventsOf(3, () => org.call('DELETE', `${BASE}/sobjects/Account/${AccountId}`));
    expect(
      headers(gone).map(({ changeType, recordIds, sequenceNumber }) => [changeType, recordIds[0], sequenceNumber]),
    ).toEqual([
      ['DELETE', AccountId, 1],
      ['DELETE', Contract__c, 2],
      ['DELETE', line, 3],
    ]);
    expect(new Set(headers(gone).map(({ transactionKey }) => transactionKey)).size).toBe(1);
    expect(gone.map(given)).toEqual([{}, {}, {}]);
    const back = await eventsOf(3, () => org.door(`/undelete/${AccountId}`));
    expect(headers(back).map(({ changeType }) => changeType)).toEqual(['UNDELETE', 'UNDELETE', 'UNDELETE']);
    expect(back.find((event) => event.ChangeEventHeader.entityName === 'Account')).toMatchObject({ Name: 'Tree' });
  });
});

describe('writes and events', () => {
  it('are one transaction: a refused record leaves no event, a collection that is rolled back none at all', async () => {
    const record = (fields: object) => ({ attributes: { type: 'Account' }, ...fields });
    const records = [record({ Name: 'In' }), record({ Tax_Id__c: 'no name' }), record({ Name: 'Also in' })];
    const path = `${BASE}/composite/sobjects`;
    const events = await eventsOf(2, async () => {
      await org.call('POST', path, { allOrNone: true, records });
      await org.call('POST', path, { records });
    });
    expect(events.map((event) => event['Name'])).toEqual(['In', 'Also in']);
    expect(headers(events).map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2]);
  });

  it('come in the order of commits, however many write at once', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, (_, i) => org.post('Account', { Name: `W${i}` })));
    const stream = await listen();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => org.patch('Account', ids[i % 4]!, { AccountNumber: String(i) })),
    );
    const events = await stream.decoded(20);
    stream.cancel();
    for (const id of ids) {
      const last = events.findLast((event) => event.ChangeEventHeader.recordIds[0] === id)!;
      const { body } = await org.call('GET', `${BASE}/sobjects/Account/${id}?fields=AccountNumber`);
      expect(last['AccountNumber']).toBe(body.AccountNumber);
    }
    const numbers = headers(events).map(({ commitNumber }) => commitNumber);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('reach the topic of their entity and the ones of all', async () => {
    const topics = ['/data/Contract_Line__ChangeEvent', '/data/ChangeEvents', '/data/Tieout__chn'];
    const streams = await Promise.all(topics.map(listen));
    const AccountId = await org.post('Account', { Name: 'Topics' });
    const Contract__c = await org.post('Contract', { AccountId });
    await org.post('Contract_Line__c', { Contract__c, Bill_On__c: '2026-01-01', Net_Amount__c: 1 });
    for (const [i, names] of [
      [0, ['Contract_Line__c']],
      [1, ['Account', 'Contract', 'Contract_Line__c']],
      [2, ['Account', 'Contract', 'Contract_Line__c']],
    ] as const)
      expect(headers(await streams[i]!.decoded(names.length)).map(({ entityName }) => entityName)).toEqual(names);
    streams.forEach((stream) => stream.cancel());
    const schema_id = streams[0]!.events()[0]!.event.schema_id;
    expect(await client.topic(topics[0]!)).toMatchObject({ can_subscribe: true, can_publish: false, schema_id });
    expect(await client.topic(topics[1]!)).toMatchObject({ schema_id: '' });
    expect(schema_id).toMatch(/^[\w-]{22}$/);
  });

  it('lose the event while capture is off, and the record shows the change all the same', async () => {
    const id = await org.post('Account', { Name: 'Captured' });
    const events = await eventsOf(1, async () => {
      await org.door('/capture', { enabled: false });
      await org.patch('Account', id, { Name: 'Unseen' });
      await org.door('/capture', { enabled: true });
      await org.patch('Account', id, { Type: 'Customer' });
    });
    expect(events[0]).toMatchObject({ Name: null, Type: 'Customer' });
    expect((await org.call('GET', `${BASE}/sobjects/Account/${id}`)).body.Name).toBe('Unseen');
  });

  it('change without event and without stamp by the side door', async () => {
    const id = await org.post('Account', { Name: 'Silent' });
    const read = async () => (await org.call('GET', `${BASE}/sobjects/Account/${id}`)).body;
    const before = await read();
    await eventsOf(0, async () => {
      expect((await org.door(`/silent/${id}`, { Name: 'Changed' })).status).toBe(204);
    });
    expect(await read()).toEqual({ ...before, Name: 'Changed' });
  });
});

describe('what the vendor does now and then', () => {
  it('tells the same change of several records in one event', async () => {
    const ids = await Promise.all(['m1', 'm2'].map((Name) => org.post('Account', { Name })));
    const [event] = await eventsOf(1, () => org.door('/merge', { ids, values: { Type: 'Partner' } }));
    expect(event!.ChangeEventHeader.recordIds).toEqual(ids);
    expect(event!['Type']).toBe('Partner');
    const { body } = await org.query(`SELECT COUNT() FROM Account WHERE Type = 'Partner'`);
    expect(body.totalSize).toBe(2);
  });

  it('says that something happened without saying what, or to which record', async () => {
    const id = await org.post('Contract', { AccountId: await org.post('Account', { Name: 'Gap' }) });
    const events = await eventsOf(4, async () => {
      await org.door('/events', { entity: 'Contract', changeType: 'GAP_UPDATE', recordIds: [id] });
      await org.door('/events', { entity: 'Contract', changeType: 'GAP_OVERFLOW', recordIds: [] });
      const values = { Status: 'Activated', Legal_Entity__c: null };
      await org.door('/events', { entity: 'contract', changeType: 'UPDATE', recordIds: ['800*'], values });
      await org.door('/events', { entity: 'Ghost__c', changeType: 'CREATE', recordIds: ['a0X5g000000000001A'] });
    });
    expect(headers(events).map(({ entityName, changeType, recordIds }) => [entityName, changeType, recordIds])).toEqual(
      [
        ['Contract', 'GAP_UPDATE', [id]],
        ['Contract', 'GAP_OVERFLOW', []],
        ['Contract', 'UPDATE', ['800*']],
        ['Ghost__c', 'CREATE', ['a0X5g000000000001A']],
      ],
    );
    expect(given(events[0]!)).toEqual({});
    expect(headers(events)[0]).toMatchObject({ sequenceNumber: 1, changedFields: [] });
    expect(given(events[2]!)).toMatchObject({ Status: 'Activated' });
    expect(headers(events)[2]!.nulledFields).toHaveLength(1);
  });

  it('gives an entity another schema in mid-stream when an admin adds a field, which moves the others', async () => {
    const id = await org.post('Product2', { Name: 'Schema' });
    const stream = await listen('/data/Product2ChangeEvent');
    await org.patch('Product2', id, { External_Id__c: 'one' });
    await stream.decoded(1);
    const added = await org.door('/fields', { object: 'Product2', name: 'Margin__c', kind: 'currency' });
    expect(added.status).toBe(204);
    expect((await org.door('/fields', { object: 'Product2', name: 'Margin__c' })).status).toBe(400);
    await org.patch('Product2', id, '{"External_Id__c":"two","Margin__c":1.10}');
    const [first, second] = await stream.decoded(2);
    const schemas = stream.events().map(({ event }) => event.schema_id);
    expect(schemas[0]).not.toBe(schemas[1]);
    expect(second).toMatchObject({ External_Id__c: 'two', Margin__c: 1.1 });
    const names = async (index: number, event: DecodedEvent) =>
      fieldsOf(stream, index, event.ChangeEventHeader.changedFields);
    expect(await names(0, first!)).toEqual(['LastModifiedDate', 'External_Id__c']);
    expect(await names(1, second!)).toEqual(['LastModifiedDate', 'Margin__c', 'External_Id__c']);
    expect((await client.topic('/data/Product2ChangeEvent')).schema_id).toBe(schemas[1]);
    expect((await org.query('SELECT Margin__c FROM Product2 WHERE Margin__c = 1.1')).text).toContain('1.10');
    stream.cancel();
  });

  it('leaves out the schema id on the channel of all entities, when told to', async () => {
    await org.door('/settings', { blankSchemaIds: true });
    const [all, custom] = await Promise.all([listen(), listen('/data/Tieout__chn')]);
    await org.post('Account', { Name: 'Blank' });
    await eventually(() => all.events().length > 0 && custom.events().length > 0, { describe: 'both events' });
    expect(all.events()[0]!.event.schema_id).toBe('');
    expect(custom.events()[0]!.event.schema_id).not.toBe('');
    await org.door('/settings', { blankSchemaIds: false });
    [all, custom].forEach((stream) => stream.cancel());
    await expect(client.schema('')).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(client.schema('unknown')).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it('refuses a side door that does not know what is wanted', async () => {
    expect((await org.door('/events', { entity: 'Account', changeType: 'MOVE', recordIds: [] })).status).toBe(400);
    expect((await org.door('/streams/cut', { how: 'softly' })).status).toBe(400);
    expect((await org.door('/settings', { keepaliveMs: -1 })).status).toBe(400);
    expect((await org.door('/silent/nobody', {})).status).toBe(404);
  });
});
