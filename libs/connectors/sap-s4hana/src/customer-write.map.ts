import type { CustomerContent, OwnedFields } from '@tieout/connector-erp';
import { customerKey } from './identity.ts';
import type { SalesArea, SapMappingConfig } from './mapping-config.ts';
import type { Body } from './odata.ts';
import type { PartnerRow } from './vendor-types.ts';

const NAME_LENGTH = 40;
const NAMES = ['OrganizationBPName1', 'OrganizationBPName2', 'OrganizationBPName3', 'OrganizationBPName4'] as const;
/** `SearchTerm1` holds our account number, in capitals as SAP does. */
const TERM_LENGTH = 20;
const TAX_LENGTH = 60;
const SHORT_TAX_LENGTH = 20;

export type CustomerRules = Pick<
  SapMappingConfig,
  'salesAreas' | 'businessPartnerGrouping' | 'taxTypes' | 'paymentTerms'
>;

/** The fields of a business partner that the CRM owns; the tax number stands in a part of its own. */
export function ownedFields({
  accountNumber,
  name,
  taxId,
}: Pick<CustomerContent, 'accountNumber' | 'name' | 'taxId'>): OwnedFields {
  const names = NAMES.map((field, n) => [field, name.slice(n * NAME_LENGTH, (n + 1) * NAME_LENGTH).trim()] as const);
  return {
    ...Object.fromEntries(names),
    SearchTerm1: (accountNumber ?? '').toUpperCase(),
    BPTaxNumber: (taxId ?? '').toUpperCase(),
  };
}

/** What a partner says in them. @param taxTypes types of tax number that we write */
export function ownedInPartner(partner: PartnerRow, taxTypes: readonly string[]): OwnedFields {
  const tax = taxOf(partner, taxTypes);
  return {
    ...Object.fromEntries(NAMES.map((field) => [field, partner[field] ?? ''])),
    SearchTerm1: partner.SearchTerm1 ?? '',
    BPTaxNumber: tax?.BPTaxNumber ?? tax?.BPTaxLongNumber ?? '',
  };
}

export function taxOf(
  { to_BusinessPartnerTax: numbers = [] }: PartnerRow,
  taxTypes: readonly string[],
): { BPTaxType: string; BPTaxNumber: string | null; BPTaxLongNumber: string | null } | undefined {
  return numbers.find(({ BPTaxType }) => taxTypes.includes(BPTaxType));
}

/** Everything that keeps SAP from taking the customer. */
export function customerProblems(customer: CustomerContent, rules: CustomerRules): string[] {
  const { accountNumber, name, taxId, currency, paymentTerms, billingAddress } = customer;
  const country = billingAddress?.country ?? null;
  const isCountry = country !== null && /^[A-Z]{2}$/.test(country);
  return [
    ...(name.trim() === '' ? ['it has no name'] : []),
    ...(name.length > NAMES.length * NAME_LENGTH
      ? [`its name is longer than ${NAMES.length * NAME_LENGTH} characters`]
      : []),
    ...((accountNumber ?? '').length > TERM_LENGTH
      ? [`account number ${accountNumber ?? ''} is longer than ${TERM_LENGTH} characters`]
      : []),
    ...(country === null ? ['its billing address has no country'] : []),
    ...(country !== null && !isCountry ? [`${JSON.stringify(country)} is not an ISO 3166 country`] : []),
    ...(currency === null ? ['it has no currency'] : []),
    ...((taxId ?? '').length > TAX_LENGTH ? [`its tax number is longer than ${TAX_LENGTH} characters`] : []),
    ...(taxId !== null && isCountry && rules.taxTypes[country] === undefined
      ? [`no type of tax number is configured for ${country}`]
      : []),
    ...(paymentTerms !== null && rules.paymentTerms[paymentTerms] === undefined
      ? [`terms ${JSON.stringify(paymentTerms)} are not configured`]
      : []),
  ];
}

/** A new business partner: an organization that is sold to and owes, in these sales areas. */
export function newPartner(customer: CustomerContent, areas: readonly SalesArea[], rules: CustomerRules): Body {
  const { BPTaxNumber: taxNumber = '', ...names } = ownedFields(customer);
  const grouping = rules.businessPartnerGrouping;
  return {
    BusinessPartnerCategory: '2',
    ...(grouping === undefined ? {} : { BusinessPartnerGrouping: grouping }),
    ...names,
    BusinessPartnerIDByExtSystem: customerKey(customer.customerId),
    to_BusinessPartnerRole: ['FLCU00', 'FLCU01'].map((BusinessPartnerRole) => ({ BusinessPartnerRole })),
    to_BusinessPartnerAddress: [address(customer.billingAddress)],
    ...(taxNumber === '' ? {} : { to_BusinessPartnerTax: [taxBody(taxNumber, taxTypeOf(customer, rules))] }),
    to_Customer: {
      to_CustomerCompany: areas.map((area) => companyBody(customer, area, rules)),
      to_CustomerSalesArea: areas.map((area) => salesAreaBody(customer, area, rules)),
    },
  };
}

export const taxTypeOf = ({ billingAddress }: CustomerContent, { taxTypes }: CustomerRules): string =>
  taxTypes[billingAddress?.country ?? ''] ?? '';

export function taxBody(number: string, BPTaxType: string): Body {
  return { BPTaxType, [number.length > SHORT_TAX_LENGTH ? 'BPTaxLongNumber' : 'BPTaxNumber']: number };
}

function address(billing: CustomerContent['billingAddress']): Body {
  const [street, ...more] = (billing?.street ?? '').split('\n');
  const filled = Object.entries({
    StreetName: street?.slice(0, 60),
    StreetPrefixName: more.join(', ').slice(0, 40),
    PostalCode: billing?.postalCode?.slice(0, 10),
    CityName: billing?.city?.slice(0, 40),
    Region: /^[A-Z0-9]{1,3}$/.test(billing?.region ?? '') ? billing?.region : undefined,
    Country: billing?.country,
  }).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '');
  return Object.fromEntries(filled);
}

const termsOf = ({ paymentTerms }: CustomerContent, rules: CustomerRules): string | undefined =>
  paymentTerms === null ? undefined : rules.paymentTerms[paymentTerms];

export function companyBody(customer: CustomerContent, area: SalesArea, rules: CustomerRules): Body {
  const terms = termsOf(customer, rules) ?? area.paymentTerms;
  return {
    CompanyCode: area.companyCode,
    ReconciliationAccount: area.reconciliationAccount,
    ...(terms === undefined ? {} : { PaymentTerms: terms }),
  };
}

export function salesAreaBody(customer: CustomerContent, area: SalesArea, rules: CustomerRules): Body {
  const terms = termsOf(customer, rules) ?? area.paymentTerms;
  return {
    SalesOrganization: area.salesOrganization,
    DistributionChannel: area.distributionChannel,
    Division: area.division,
    Currency: customer.currency,
    ...(terms === undefined ? {} : { CustomerPaymentTerms: terms }),
  };
}
