import { canonicalId, type Source, type TimestampString } from '@tieout/canonical';

/** Where rows come from: our name of the system. */
export interface Origin {
  readonly instance: string;
}

export const SYSTEM = 'sap-s4hana';

export type Entity =
  | 'Customer'
  | 'SalesOrder'
  /** Invoices and credit memos: SAP numbers both as billing documents. */
  | 'BillingDocument'
  | 'AccountingDocument'
  | 'CompanyCode'
  | 'CostCenter'
  | 'ProfitCenter'
  | 'CostCenterStandardHierArea'
  | 'ProfitCenterStandardHierarchy'
  | 'PostingPeriod'
  | 'ExchangeRate';

export function idOf(entity: Entity, { instance }: Origin, vendorId: string): string {
  return canonicalId(SYSTEM, instance, entity, vendorId);
}

export function sourceOf(
  entity: Entity,
  { instance }: Origin,
  id: string,
  changedAt: TimestampString | null = null,
): Source {
  return { system: SYSTEM, instance, entity, id, version: null, changedAt };
}

const KEY_LENGTH = 20;

/**
 * Our customer id in the 20 characters that `BusinessPartnerIDByExtSystem` has: digits and capitals, because SAP stores it in
 * capitals. It cannot be turned back (103 of 128 bits are left): whoever wrote it remembers it.
 */
export function customerKey(customerId: string): string {
  const number = BigInt(`0x${customerId.replaceAll('-', '')}`) % 36n ** BigInt(KEY_LENGTH);
  return number.toString(36).toUpperCase().padStart(KEY_LENGTH, '0');
}

/** Our contract id in the 35 characters of `PurchaseOrderByShipToParty`. */
export function contractKey(contractId: string): string {
  return contractId.replaceAll('-', '');
}

/** Our billing id in `MaterialByCustomer`, which SAP stores in capitals. */
export function billingKey(billingId: string): string {
  return billingId.replaceAll('-', '').toUpperCase();
}

/** The id of ours that a field of SAP holds as 32 hexadecimal digits; anything else was put there by somebody else. */
export function ourId(text: string | null): string | null {
  const match = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(text ?? '');
  return match === null ? null : match.slice(1).join('-').toLowerCase();
}

/** An accounting document; its number is unique in a company code and fiscal year. */
export interface DocumentKey {
  readonly companyCode: string;
  readonly fiscalYear: string;
  readonly number: string;
}

/** As vendor id: `1010/2026/1400000001`. */
export function documentId({ companyCode, fiscalYear, number }: DocumentKey): string {
  return `${companyCode}/${fiscalYear}/${number}`;
}

/** The inverse of `documentId`. */
export function documentKey(id: string): DocumentKey {
  const [companyCode = '', fiscalYear = '', number = ''] = id.split('/');
  return { companyCode, fiscalYear, number };
}
