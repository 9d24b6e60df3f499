import { derivedId, isDecimal, joinKey, subtract } from '@tieout/canonical';

/** Every check there is; a break belongs to one. */
export const CHECKS = [
  'cells-erp-topic',
  'cells-topic-planning',
  'control-totals',
  'invoice-balance',
  'invoices-erp-topic',
  'payments-erp-topic',
  'customers-crm-erp',
] as const;
export type Check = (typeof CHECKS)[number];

/** Two sides that do not agree about an object. `expected` is what the system of record says, null when it has no such object. */
export interface Difference {
  readonly check: Check;
  /** What differs: missing, extra, amount, open, currency, ... */
  readonly kind: string;
  readonly objectType: 'cell' | 'invoice' | 'payment' | 'customer';
  /** Canonical id, account number, or the coordinates of a cell. */
  readonly object: string;
  readonly legalEntityId: string | null;
  readonly customerId: string | null;
  readonly currency: string | null;
  readonly expected: string | null;
  readonly actual: string | null;
  /** actual - expected when both are amounts or counts. */
  readonly difference: string | null;
  /** Facts by name that let a person walk the difference back. */
  readonly evidence: Readonly<Record<string, string>>;
  /** When each side last changed, as far as the side says; null when it does not say. A missing side is not listed. */
  readonly changedAt: readonly (string | null)[];
}

export type Severity = 'critical' | 'warning';

/** The same difference has the same id in every run. */
export function breakIdOf({ check, kind, objectType, object }: Difference): string {
  return derivedId('break', joinKey([check, kind, objectType, object]));
}

/** Money that is wrong or absent is critical; a field that reads differently is a warning. */
export function severityOf(kind: string): Severity {
  return ['number', 'name', 'taxId', 'accountNumber', 'date', 'duplicate-number'].includes(kind)
    ? 'warning'
    : 'critical';
}

type Optional = 'legalEntityId' | 'customerId' | 'currency' | 'evidence' | 'changedAt';

/** A difference with what is absent filled in and the amount of it computed. */
export function difference(
  parts: Omit<Difference, Optional | 'difference'> & Partial<Pick<Difference, Optional>>,
): Difference {
  const { expected, actual } = parts;
  return {
    legalEntityId: null,
    customerId: null,
    currency: null,
    evidence: {},
    changedAt: [],
    ...parts,
    difference: amountKinds.has(parts.kind) ? gap(expected, actual) : null,
  };
}

const amountKinds = new Set([
  'invoices',
  'invoiced',
  'paid',
  'open',
  'amount',
  'unapplied',
  'balance',
  'erp-balance',
  'count',
]);

function gap(expected: string | null, actual: string | null): string | null {
  if (expected === null || actual === null || !isDecimal(expected) || !isDecimal(actual)) return null;
  return subtract(actual, expected);
}

/** Differences in an order that does not depend on the order of the input. */
export function sortDifferences(differences: readonly Difference[]): readonly Difference[] {
  const key = (one: Difference): string => joinKey([one.check, one.objectType, one.object, one.kind]);
  return differences.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
