import { derivedId, isDecimal, joinKey, subtract } from '@tieout/canonical';

/** The checks that a run makes by itself; a break belongs to one of them, or to a comparison that somebody set up. */
export const CHECKS = [
  'cells-erp-topic',
  'cells-topic-planning',
  'control-totals',
  'invoice-balance',
  'invoices-erp-topic',
  'payments-erp-topic',
  'orders-erp-topic',
  'credit-memos-erp-topic',
  'customers-crm-erp',
  'orders-crm-erp',
  'contract-billing',
  'unapplied-payments',
  'forecast-planning-topic',
  'cells-erp-planning',
  'billing-schedule',
  'cross-references',
  'hierarchies',
  'cost-centers',
  'closed-periods',
] as const;
export type BuiltInCheck = (typeof CHECKS)[number];
/** Name of a built-in check or of a comparison. */
export type Check = string;
/** What differs: invoice, payment, cell, statement-line, ... */
export type ObjectType = string;

/** Two sides that do not agree about an object. `expected` is what the system of record says, null when it has no such object. */
export interface Difference {
  readonly check: Check;
  /** What differs: missing, extra, amount, open, currency, ... */
  readonly kind: string;
  readonly objectType: ObjectType;
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
  /** How long the other side may take before the difference counts, in milliseconds; absent where it need only settle. */
  readonly graceMs?: number;
}

export type Severity = 'critical' | 'warning';

/** The same difference has the same id in every run. */
export function breakIdOf({ check, kind, objectType, object }: Difference): string {
  return derivedId('break', joinKey([check, kind, objectType, object]));
}

const WARNINGS = new Set([
  ...['number', 'name', 'taxId', 'accountNumber', 'date', 'duplicate-number', 'early', 'late', 'no-total', 'code'],
  ...['duplicate-code', 'orphan', 'circle', 'dangling-alias', 'alias-of-itself'],
]);

const WARNING_CHECKS = new Set(['unapplied-payments', 'cost-centers']);

/**
 * Money that is wrong, absent, or stands with the wrong party or month is critical. A field that reads differently is a warning,
 * and so is money that waits to be applied: every system agrees about it.
 */
export function severityOf({ check, kind }: { readonly check: string; readonly kind: string }): Severity {
  return WARNING_CHECKS.has(check) || WARNINGS.has(kind) ? 'warning' : 'critical';
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
  'unbilled',
  'net',
  'balance',
  'erp-balance',
  'reversal-missing',
  'count',
]);

function gap(expected: string | null, actual: string | null): string | null {
  if (expected === null || actual === null || !isDecimal(expected) || !isDecimal(actual)) return null;
  const amount = subtract(actual, expected);
  return DECIMAL_19_4.test(amount) ? amount : null;
}

/** What a break can state (its schema); a system may hold more digits than any currency has, and both sides say so as text. */
const DECIMAL_19_4 = /^-?\d{1,15}(\.\d{1,4})?$/;

/**
 * Differences in an order that does not depend on the order of the input, each id once: a system that holds an object twice under
 * one id would state the same difference twice, and a run keeps one; the evidence says how many there were.
 */
export function sortDifferences(differences: readonly Difference[]): readonly Difference[] {
  const byId = Map.groupBy(differences, ({ check, objectType, object, kind }) =>
    joinKey([check, objectType, object, kind]),
  );
  return [...byId].toSorted(([a], [b]) => byText(a, b)).map(([, same]) => merged(same));
}

function merged(same: readonly Difference[]): Difference {
  const [first, ...others] = same.length === 1 ? same : same.toSorted((a, b) => byText(contentOf(a), contentOf(b)));
  const one = first as Difference;
  return others.length === 0 ? one : { ...one, evidence: { ...one.evidence, statedTimes: String(same.length) } };
}

const contentOf = (one: Difference): string => JSON.stringify([one.expected, one.actual, one.changedAt, one.evidence]);

export const byText = (a: string, b: string): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

const LISTED = 20;

/** Names for evidence, sorted, each once and at most twenty: a record has a size. */
export function listed(names: Iterable<string>): string {
  const sorted = [...new Set(names)].toSorted();
  const rest = sorted.length - LISTED;
  return rest > 0 ? `${sorted.slice(0, LISTED).join(' ')} and ${rest} more` : sorted.join(' ');
}

/** The later of two instants; null is unknown and yields. */
export const later = (a: string | null, b: string | null): string | null =>
  a === null ? b : b === null || a > b ? a : b;

/** The latest of instants that all are known; null when one of them is not: then nobody can say that it was quiet. */
export function latestOf(instants: Iterable<string | null>): string | null {
  let latest: string | null = null;
  for (const instant of instants) {
    if (instant === null) return null;
    latest = later(latest, instant);
  }
  return latest;
}
