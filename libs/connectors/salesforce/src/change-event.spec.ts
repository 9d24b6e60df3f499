import { compileSchema, errorCode } from '@tieout/messaging';
import { describe, expect, it } from 'vitest';
import { createEventReader, createHeaderReader } from './change-event.client.ts';

const field = (name: string, type: unknown) => ({ name, type: ['null', type], default: null, doc: 'Data:Text' });
const address = {
  type: 'record',
  name: 'Address',
  fields: ['Street', 'City', 'State', 'PostalCode', 'Country'].map((part) => field(part, 'string')),
};
/** As the vendor writes it: a header, optional fields, a name that is text or a person's, an address used twice. */
const schema = {
  type: 'record',
  name: 'AccountChangeEvent',
  namespace: 'com.sforce.eventbus',
  fields: [
    {
      name: 'ChangeEventHeader',
      type: {
        type: 'record',
        name: 'ChangeEventHeader',
        fields: [
          { name: 'entityName', type: 'string' },
          { name: 'recordIds', type: { type: 'array', items: 'string' } },
          {
            name: 'changeType',
            type: {
              type: 'enum',
              name: 'ChangeType',
              symbols: [
                'CREATE',
                'UPDATE',
                'DELETE',
                'UNDELETE',
                'GAP_CREATE',
                'GAP_UPDATE',
                'GAP_DELETE',
                'GAP_UNDELETE',
                'GAP_OVERFLOW',
                'SNAPSHOT',
              ],
            },
          },
          { name: 'changeOrigin', type: 'string' },
          { name: 'transactionKey', type: 'string' },
          { name: 'sequenceNumber', type: 'int' },
          { name: 'commitTimestamp', type: 'long' },
          { name: 'commitNumber', type: 'long' },
          { name: 'commitUser', type: 'string' },
          ...['nulledFields', 'diffFields', 'changedFields'].map((name) => ({
            name,
            type: { type: 'array', items: 'string' },
          })),
        ],
      },
    },
    {
      name: 'Name',
      type: [
        'null',
        'string',
        {
          type: 'record',
          name: 'Switchable_PersonName',
          fields: ['Salutation', 'FirstName', 'LastName'].map((part) => field(part, 'string')),
        },
      ],
      default: null,
    },
    field('BillingAddress', address),
    field('ShippingAddress', 'Address'),
    field('AnnualRevenue', 'double'),
    field('LastModifiedDate', 'long'),
    field('Contract__c', 'string'),
  ],
};
const writer = compileSchema(schema as never);
const read = createEventReader(JSON.stringify(schema));
const header = {
  entityName: 'Account',
  recordIds: ['0015g0000000001AAA'],
  changeType: 'UPDATE',
  changeOrigin: 'com/salesforce/api/rest/63.0;client=tieout',
  transactionKey: 'k',
  sequenceNumber: 1,
  commitTimestamp: 1_769_853_600_123n,
  // Beyond the exact integers of a number: a reader that takes longs for numbers throws here.
  commitNumber: 9_223_372_036_854_775_807n,
  commitUser: 'u',
  nulledFields: [],
  diffFields: [],
  changedFields: [],
};
const nothing = {
  Name: null,
  BillingAddress: null,
  ShippingAddress: null,
  AnnualRevenue: null,
  LastModifiedDate: null,
  Contract__c: null,
};
const encode = (change: object, values: object = {}): Buffer =>
  writer.toBuffer({ ...nothing, ...values, ChangeEventHeader: { ...header, ...change } });

describe('a change event', () => {
  it('says which records changed, when, and which of their fields', () => {
    const payload = encode(
      { changedFields: ['0x22', '2-0x02'], nulledFields: ['3-0x10'] },
      { Name: 'Ahorn', BillingAddress: { Street: null, City: 'Ulm', State: null, PostalCode: null, Country: null } },
    );
    expect(read(payload)).toEqual({
      entity: 'Account',
      recordIds: ['0015g0000000001AAA'],
      changeType: 'UPDATE',
      committedAt: new Date('2026-01-31T10:00:00.123Z'),
      changedFields: ['Name', 'LastModifiedDate', 'BillingAddress.City', 'ShippingAddress.Country'],
      contractId: null,
    });
  });

  it('reads a name that is a person’s, and the contract that a line names', () => {
    const person = { Salutation: null, FirstName: 'Ada', LastName: 'Lang' };
    const payload = encode({ changeType: 'CREATE' }, { Name: person, Contract__c: '8005g0000000001AAA' });
    expect(read(payload)).toMatchObject({ changeType: 'CREATE', contractId: '8005g0000000001AAA', changedFields: [] });
  });

  it.each([
    ['bytes that end early', encode({}).subarray(0, 20)],
    ['bytes that go on', Buffer.concat([encode({}), Buffer.from([0])])],
    ['a change type that nobody knows', encode({ changeType: 'SNAPSHOT' })],
  ])('is refused for %s', (_, payload) => {
    expect(() => read(payload)).toThrow(expect.objectContaining({ code: 'salesforce-event' }));
  });

  it('does not say what changed when its bitmap is of another schema', () => {
    expect(read(encode({ changedFields: ['0xFFFF'] }))).toMatchObject({ entity: 'Account', changedFields: [] });
  });

  it('without the id of its schema says by its header alone which records changed', () => {
    const header = createHeaderReader();
    const payload = encode({ changedFields: ['0x2'] }, { Name: 'Ahorn', Contract__c: '8005g0000000001AAA' });
    expect(header(payload)).toMatchObject({
      entity: 'Account',
      recordIds: ['0015g0000000001AAA'],
      committedAt: new Date('2026-01-31T10:00:00.123Z'),
      changedFields: [],
      contractId: null,
    });
    expect(() => header(payload.subarray(0, 20))).toThrow(expect.objectContaining({ code: 'salesforce-event' }));
  });

  it.each(['', '{"type":"record"}', '{"type":"record","name":"X","fields":[{"name":"a","type":"Unknown"}]}'])(
    'has a schema that is one: not %j',
    (text) => {
      let code: string | undefined;
      try {
        createEventReader(text);
      } catch (error) {
        code = errorCode(error);
      }
      expect(code).toBe('salesforce-schema');
    },
  );
});
