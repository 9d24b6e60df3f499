import {
  accountingItemRow,
  billingItemRow,
  billingRow,
  companyCodeRow,
  costCenterRow,
  orderItemRow,
  orderRow,
  partnerRow,
  profitCenterRow,
} from './vendor-types.ts';

/*
 * What each read asks for: the columns of its row, so that what is selected is what is mapped. A release that lacks one is told so
 * in the connection's `without`.
 */

const columns = (row: { readonly shape: object }): string[] =>
  Object.keys(row.shape).filter((name) => !name.startsWith('to_'));

const below = (navigation: string, names: readonly string[]): string[] => names.map((name) => `${navigation}/${name}`);

const pricing = [
  ...['PricingProcedureStep', 'PricingProcedureCounter', 'ConditionType', 'ConditionRateValue', 'ConditionQuantity'],
  'ConditionInactiveReason',
];

export const ORDER_HEADER = columns(orderRow);
export const ORDER = {
  select: [...ORDER_HEADER, ...below('to_Item', columns(orderItemRow)), ...below('to_Item/to_PricingElement', pricing)],
  expand: ['to_Item', 'to_Item/to_PricingElement'],
};

export const BILLING_HEADER = columns(billingRow);
export const BILLING = {
  select: [...BILLING_HEADER, ...below('to_Item', columns(billingItemRow))],
  expand: ['to_Item'],
};

export const ACCOUNTING_ITEM = { select: columns(accountingItemRow) };

export const PARTNER_STAMPS = [
  ...['BusinessPartner', 'Customer', 'CreationDate', 'CreationTime', 'LastChangeDate', 'LastChangeTime'],
];
export const PARTNER = {
  select: [
    ...columns(partnerRow),
    'to_BusinessPartnerAddress/Country',
    ...below('to_BusinessPartnerTax', ['BPTaxType', 'BPTaxNumber', 'BPTaxLongNumber']),
    ...below('to_Customer', [
      ...['OrderIsBlockedForCustomer', 'PostingIsBlocked', 'DeletionIndicator', 'VATRegistration'],
      ...below('to_CustomerCompany', ['CompanyCode', 'PaymentTerms', 'DeletionIndicator']),
      ...below('to_CustomerSalesArea', [
        ...['SalesOrganization', 'DistributionChannel', 'Division', 'Currency', 'CustomerPaymentTerms'],
        'OrderIsBlockedForCustomer',
      ]),
    ]),
  ],
  expand: [
    ...['to_BusinessPartnerAddress', 'to_BusinessPartnerTax', 'to_Customer'],
    ...['to_Customer/to_CustomerCompany', 'to_Customer/to_CustomerSalesArea'],
  ],
};

export const COMPANY_CODE = { select: columns(companyCodeRow) };
export const COST_CENTER = { select: columns(costCenterRow) };
export const PROFIT_CENTER = { select: columns(profitCenterRow) };
