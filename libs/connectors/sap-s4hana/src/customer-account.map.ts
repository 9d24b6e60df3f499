import { isCurrency, type CustomerAccount, type TimestampString } from '@tieout/canonical';
import { fateOf, refuse, rowOf, type Mapped, type OwnedFields } from '@tieout/connector-erp';
import { ownedInPartner } from './customer-write.map.ts';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { SalesArea } from './mapping-config.ts';
import type { Row } from './odata.ts';
import { fromSystemTime } from './system-time.ts';
import { partnerRow, type PartnerRow } from './vendor-types.ts';

/** A business partner with its customer data. */
export interface PartnerRecord {
  readonly row: Row;
  /** Our customer that its external number names; null when it is none of ours. */
  readonly customerId: string | null;
}

export interface CustomerRules {
  readonly salesAreas: Readonly<Record<string, SalesArea>>;
  /** Of the system's clock: partners are stamped by it, without its offset. */
  readonly timeZone: string;
  readonly taxTypes: readonly string[];
}

/** What SAP owns of a customer. Credit limits and balances are in no interface that is read here. */
export function mapCustomerAccount(
  { row, customerId }: PartnerRecord,
  origin: Origin,
  rules: CustomerRules,
): Mapped<Omit<CustomerAccount, 'revision'>> {
  return fateOf(() => {
    const partner = rowOf('business partner', partnerRow, row);
    const { currency, paymentTerms, companyCode } = firstPlace(partner, rules.salesAreas);
    if (currency !== null && !isCurrency(currency))
      refuse('unknown-currency', 'Currency', `${JSON.stringify(currency)} is not an ISO 4217 currency`);
    const fields = ownedInPartner(partner, rules.taxTypes);
    return {
      customerAccountId: idOf('Customer', origin, partner.Customer),
      lifecycle: isInactive(partner) ? 'INACTIVE' : 'ACTIVE',
      customerId,
      instance: origin.instance,
      number: partner.Customer,
      name: nameOf(partner),
      taxId: fields['BPTaxNumber'] || partner.to_Customer.VATRegistration,
      legalEntityId: companyCode === null ? null : idOf('CompanyCode', origin, companyCode),
      currency,
      paymentTerms,
      creditLimit: null,
      balance: null,
      blocked: isBlocked(partner),
      source: sourceOf('Customer', origin, partner.Customer, changedAt(partner, rules.timeZone)),
    };
  });
}

/** What a partner says in the fields that the CRM owns; null when it is no customer of ours. */
export function ownedInErp(
  { row, customerId }: PartnerRecord,
  taxTypes: readonly string[],
): { readonly customerId: string; readonly fields: OwnedFields } | null {
  if (customerId === null) return null;
  return { customerId, fields: ownedInPartner(partnerRow.parse(row), taxTypes) };
}

function nameOf(partner: PartnerRow): string {
  const { OrganizationBPName1, OrganizationBPName2, OrganizationBPName3, OrganizationBPName4 } = partner;
  const parts = [OrganizationBPName1, OrganizationBPName2, OrganizationBPName3, OrganizationBPName4];
  const name = parts.join('').trim();
  return name === '' ? (partner.BusinessPartnerName ?? partner.Customer) : name;
}

/** The sales area and company code that the configuration names first; else the first there are. */
function firstPlace(
  { to_Customer: { to_CustomerCompany, to_CustomerSalesArea } }: PartnerRow,
  salesAreas: CustomerRules['salesAreas'],
): {
  currency: string | null;
  paymentTerms: string | null;
  companyCode: string | null;
} {
  const known = Object.values(salesAreas);
  const area =
    known.flatMap(({ salesOrganization }) =>
      to_CustomerSalesArea.filter((row) => row.SalesOrganization === salesOrganization),
    )[0] ?? to_CustomerSalesArea[0];
  const company =
    known.flatMap(({ companyCode }) => to_CustomerCompany.filter((row) => row.CompanyCode === companyCode))[0] ??
    to_CustomerCompany[0];
  return {
    currency: area?.Currency ?? null,
    paymentTerms: area?.CustomerPaymentTerms ?? company?.PaymentTerms ?? null,
    companyCode: company?.CompanyCode ?? null,
  };
}

const isInactive = ({
  IsMarkedForArchiving,
  to_Customer: { DeletionIndicator, to_CustomerCompany },
}: PartnerRow): boolean =>
  IsMarkedForArchiving === true ||
  DeletionIndicator === true ||
  (to_CustomerCompany.length > 0 && to_CustomerCompany.every((row) => row.DeletionIndicator === true));

/** Whole, or for orders: in every sales area that there is. */
const isBlocked = ({ BusinessPartnerIsBlocked, to_Customer }: PartnerRow): boolean =>
  BusinessPartnerIsBlocked === true ||
  to_Customer.PostingIsBlocked === true ||
  to_Customer.OrderIsBlockedForCustomer !== null ||
  (to_Customer.to_CustomerSalesArea.length > 0 &&
    to_Customer.to_CustomerSalesArea.every(({ OrderIsBlockedForCustomer }) => OrderIsBlockedForCustomer !== null));

/** A partner that was never changed has the stamp of its creation. */
export function changedAt(
  partner: Pick<PartnerRow, 'CreationDate' | 'CreationTime' | 'LastChangeDate' | 'LastChangeTime'>,
  timeZone: string,
): TimestampString | null {
  const { CreationDate, CreationTime, LastChangeDate, LastChangeTime } = partner;
  const [date, time] = LastChangeDate === null ? [CreationDate, CreationTime] : [LastChangeDate, LastChangeTime];
  return date === null ? null : fromSystemTime(date, time ?? '00:00:00', timeZone);
}
