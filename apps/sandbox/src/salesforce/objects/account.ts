import {
  CURRENCY,
  externalId,
  ID,
  picklist,
  reference,
  STAMPS,
  text,
  type Compound,
  type Field,
  type SObject,
} from './field.ts';

const PARTS = { Street: 255, City: 40, State: 80, PostalCode: 20, Country: 80 } as const;

const address = (kind: 'Billing' | 'Shipping'): Readonly<Record<string, Field>> =>
  Object.assign(
    {},
    ...Object.entries(PARTS).map(([part, length]) =>
      text(kind + part, length, { column: `${kind}_${part}`.toLowerCase() }),
    ),
  ) as Readonly<Record<string, Field>>;

const compound = (kind: 'Billing' | 'Shipping'): Compound => ({
  record: 'Address',
  parts: Object.fromEntries(Object.keys(PARTS).map((part) => [part, kind + part])),
});

export const ACCOUNT: SObject = {
  name: 'Account',
  table: 'account',
  prefix: '001',
  fields: {
    ...ID,
    ...text('Name', 255, { required: true }),
    ...picklist('Type'),
    ...reference('ParentId', 'Account'),
    ...address('Billing'),
    ...address('Shipping'),
    ...text('AccountNumber', 40),
    ...CURRENCY,
    ...reference('OwnerId', 'User'),
    ...STAMPS,
    ...text('Tax_Id__c', 40),
    ...text('Payment_Terms__c', 80),
    ...externalId('External_Id__c'),
  },
  compounds: { BillingAddress: compound('Billing'), ShippingAddress: compound('Shipping') },
  personName: true,
};
