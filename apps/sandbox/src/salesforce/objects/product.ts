import { boolean, CURRENCY, externalId, ID, picklist, STAMPS, text, type SObject } from './field.ts';

export const PRODUCT: SObject = {
  name: 'Product2',
  table: 'product2',
  prefix: '01t',
  fields: {
    ...ID,
    ...text('Name', 255, { required: true }),
    ...text('ProductCode', 255),
    ...text('Description', 4000),
    ...boolean('IsActive'),
    ...picklist('Family'),
    ...CURRENCY,
    ...STAMPS,
    ...externalId('External_Id__c'),
  },
  compounds: {},
  personName: false,
};
