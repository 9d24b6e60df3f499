import {
  autonumber,
  computed,
  CURRENCY,
  date,
  externalId,
  ID,
  int,
  picklist,
  reference,
  STAMPS,
  text,
  type SObject,
} from './field.ts';

export const CONTRACT: SObject = {
  name: 'Contract',
  table: 'contract',
  prefix: '800',
  fields: {
    ...ID,
    ...reference('AccountId', 'Account', { required: true, cascade: 'lookup' }),
    ...date('StartDate'),
    ...computed('EndDate', 'date', '(start_date + make_interval(months => contract_term))::date - 1'),
    ...int('ContractTerm'),
    ...picklist('Status', { required: true, initial: 'Draft' }),
    ...autonumber('ContractNumber', '', 8),
    ...CURRENCY,
    ...reference('OwnerId', 'User'),
    ...STAMPS,
    ...text('Legal_Entity__c', 40),
    ...reference('Opportunity__c', 'Opportunity'),
    ...externalId('External_Id__c'),
  },
  compounds: {},
  personName: false,
  refuseCreate: (values) =>
    values['Status'] === 'Draft'
      ? null
      : {
          code: 'FAILED_ACTIVATION',
          message: 'Choose a valid contract status and save your changes. Ask your admin for details.',
          field: 'Status',
        },
};
