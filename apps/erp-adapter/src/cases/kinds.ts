/** Of rows that cannot be mapped; reading one raises one of them or resolves them all. */
export const MAPPING_KINDS = [
  'unknown-currency',
  'too-many-decimals',
  'too-large',
  'invalid-value',
  'unknown-status',
  'does-not-add-up',
] as const;

/** A customer that the ERP refused. */
export const CUSTOMER_NOT_WRITTEN = 'customer-not-written';
/** Somebody changed in the ERP what the CRM owns. */
export const FOREIGN_EDIT = 'foreign-edit';

/** Of orders; looking at one raises one of them or resolves them all. */
export const ORDER_KINDS = ['order-not-written', FOREIGN_EDIT, 'order-deleted-in-erp'] as const;
