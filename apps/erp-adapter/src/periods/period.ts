import type { AccountingPeriod } from '@tieout/canonical';

/** A period as it was published last. */
export type KnownPeriod = Pick<AccountingPeriod, 'name' | 'startDate' | 'endDate' | 'status' | 'ledgers'>;

/** What the ERP's own periods say of a date of a customer's document. */
export type DateStanding =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly period: string }
  /** No period covers it, or nothing is known of periods: the ERP itself will say. */
  | { readonly kind: 'unknown' };

/** @param periods base periods of the legal entity; where several cover a date all of them must be open */
export function standingOf(date: string, periods: readonly KnownPeriod[]): DateStanding {
  const covering = periods.filter(({ startDate, endDate }) => startDate <= date && date <= endDate);
  const closed = covering.find((period) => !takesDocuments(period));
  if (closed) return { kind: 'closed', period: closed.name };
  return { kind: covering.length > 0 ? 'open' : 'unknown' };
}

/** The first day after the date that is the first one of a period and open; null: none is known. */
export function nextOpenDate(date: string, periods: readonly KnownPeriod[]): string | null {
  const starts = periods.map(({ startDate }) => startDate).filter((start) => start > date);
  return starts.toSorted().find((start) => standingOf(start, periods).kind === 'open') ?? null;
}

/** Whether customers' documents may be posted: by everybody, for we have no right of our own to override a lock. */
function takesDocuments({ status, ledgers }: KnownPeriod): boolean {
  const receivables = ledgers.filter(({ ledger }) => ledger === 'RECEIVABLE').map((ledger) => ledger.status);
  return [status, ...receivables].every((one) => one === 'OPEN');
}

/** An ERP said that it takes nothing on a date; each connector has its own code for it. */
export function isPeriodClosed({ code }: { readonly code: string }): boolean {
  return code === PERIOD_CLOSED || code.endsWith(`-${PERIOD_CLOSED}`);
}

/** Code of the refusal, and kind of its case. */
export const PERIOD_CLOSED = 'period-closed';
