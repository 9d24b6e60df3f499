import { GOVERNED_FIELDS } from '@tieout/canonical';
import type { CustomerContent } from '@tieout/connector-erp';

/** The part of a customer that the ERP gets. */
export type Content = Omit<CustomerContent, 'customerId'>;

/** Values of governed fields, null where there is none. */
export type Governed = Readonly<Record<string, string | null>>;

/** What people have decided so far; `approved` is null before the customer was first brought into the ERP. */
export interface Approvals {
  readonly approved: Governed | null;
  readonly rejected: Governed | null;
}

/** A change of a governed field that no person has decided about. */
export interface WaitingChange {
  readonly field: string;
  readonly approved: string | null;
  readonly asked: string | null;
}

const FIELDS = GOVERNED_FIELDS['finance.customer.v1'] ?? [];

/** The customer as the ERP may have it now: what is governed as approved last, everything else as the CRM says it. */
export function governedBy(
  desired: Content,
  { approved, rejected }: Approvals,
): { readonly content: Content; readonly approved: Governed; readonly waiting: readonly WaitingChange[] } {
  const asked = governedOf(desired);
  // With what a customer is created with he has been accepted.
  if (approved === null) return { content: desired, approved: asked, waiting: [] };
  const waiting = Object.keys(approved)
    .map((field) => ({ field, approved: approved[field] ?? null, asked: asked[field] ?? null }))
    .filter((one) => one.approved !== one.asked && !(rejected !== null && rejected[one.field] === one.asked));
  return { content: { ...desired, ...approved }, approved, waiting };
}

/** Values that a person approves or rejects, by field. */
export function askedBy(waiting: readonly WaitingChange[]): Governed | null {
  return waiting.length === 0 ? null : Object.fromEntries(waiting.map(({ field, asked }) => [field, asked]));
}

function governedOf(desired: Content): Governed {
  const values = desired as Readonly<Record<string, unknown>>;
  return Object.fromEntries(FIELDS.map((field) => [field, (values[field] ?? null) as string | null]));
}
