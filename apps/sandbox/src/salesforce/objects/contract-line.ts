import {
  autonumber,
  CURRENCY,
  currency,
  date,
  externalId,
  ID,
  number,
  reference,
  STAMPS,
  text,
  type SObject,
} from './field.ts';

/** One amount to be billed on one day. A contract's value is the sum of its lines. */
export const CONTRACT_LINE: SObject = {
  name: 'Contract_Line__c',
  table: 'contract_line',
  prefix: 'a00',
  fields: {
    ...ID,
    ...autonumber('Name', 'CL-', 7),
    ...CURRENCY,
    ...STAMPS,
    ...reference('Contract__c', 'Contract', { required: true, cascade: 'master' }),
    ...reference('Product__c', 'Product2'),
    ...date('Bill_On__c', { required: true }),
    ...number('Quantity__c'),
    ...number('Unit_Price__c'),
    ...currency('Net_Amount__c', { required: true }),
    ...text('Description__c', 255),
    ...externalId('External_Id__c'),
  },
  compounds: {},
  personName: false,
};
