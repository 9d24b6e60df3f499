import {
  computed,
  CURRENCY,
  currency,
  date,
  externalId,
  ID,
  percent,
  picklist,
  reference,
  STAMPS,
  text,
  type SObject,
} from './field.ts';

interface Stage {
  readonly probability: string;
  readonly forecast: string;
}

/** The stages of a new org. Another text is stored as well, with nothing following from it. */
const STAGES: Readonly<Record<string, Stage>> = {
  Prospecting: { probability: '10', forecast: 'Pipeline' },
  Qualification: { probability: '10', forecast: 'Pipeline' },
  'Proposal/Price Quote': { probability: '75', forecast: 'Pipeline' },
  'Negotiation/Review': { probability: '90', forecast: 'Pipeline' },
  'Closed Won': { probability: '100', forecast: 'Closed' },
  'Closed Lost': { probability: '0', forecast: 'Omitted' },
};

export const OPPORTUNITY: SObject = {
  name: 'Opportunity',
  table: 'opportunity',
  prefix: '006',
  fields: {
    ...ID,
    ...reference('AccountId', 'Account', { cascade: 'lookup' }),
    ...text('Name', 120, { required: true }),
    ...picklist('StageName', { required: true }),
    ...currency('Amount'),
    ...percent('Probability'),
    ...date('CloseDate', { required: true }),
    ...computed('IsClosed', 'boolean', "stage_name in ('Closed Won', 'Closed Lost')"),
    ...computed('IsWon', 'boolean', "stage_name = 'Closed Won'"),
    ...picklist('ForecastCategoryName'),
    ...CURRENCY,
    ...reference('OwnerId', 'User'),
    ...STAMPS,
    ...externalId('External_Id__c'),
  },
  compounds: {},
  personName: false,
  derive: (values) => {
    const stage = STAGES[String(values['StageName'] ?? '')];
    return stage === undefined
      ? values
      : { Probability: stage.probability, ForecastCategoryName: stage.forecast, ...values };
  },
};
