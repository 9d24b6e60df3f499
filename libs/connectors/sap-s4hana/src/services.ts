/** OData services by the name in their address. */
export const SERVICES = {
  partners: 'API_BUSINESS_PARTNER',
  orders: 'API_SALES_ORDER_SRV',
  billing: 'API_BILLING_DOCUMENT_SRV',
  /** Items of accounting documents, one by one. */
  items: 'API_OPLACCTGDOCITEMCUBE_SRV',
  /** Lines of the general ledger; sums them up by whatever is selected. */
  ledger: 'API_GLACCOUNTLINEITEM',
  /** Company codes, cost centres and profit centres. */
  dimensions: 'API_JOURNALENTRYITEMBASIC_SRV',
} as const;
