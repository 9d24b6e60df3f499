import {
  planOrder,
  type AskedOrder,
  type OrderContent,
  type OrderPlan,
  type StandingOrder,
} from '@tieout/connector-erp';

/** What is known of the order when it is looked at. */
export interface Known {
  /** Revision of the command that counts. */
  readonly revision: bigint;
  /** As last written or found as asked; null before the first write. */
  readonly written: OrderContent | null;
  /** Revision of the command that was written. */
  readonly writtenRevision: bigint | null;
  /** Of a write whose answer was lost. */
  readonly attempted: OrderContent | null;
}

/** `deleted`: somebody took it away after we had written what this same command asks. */
export type Step = OrderPlan | { readonly kind: 'deleted' };

/**
 * The step that has the order stand as asked. An order that was deleted is created again by a newer command only. One that we
 * know nothing of is somebody else's, or ours before this database was lost: it is never overwritten, unless it is as asked.
 */
export function nextStep(known: Known, asked: AskedOrder, standing: StandingOrder | null): Step {
  if (standing === null && known.writtenRevision === known.revision) return { kind: 'deleted' };
  const written = [known.written, known.attempted].filter((content) => content !== null);
  const plan = planOrder(asked, standing, written);
  if (plan.kind !== 'change' || written.length > 0) return plan;
  const message = `order ${standing?.number ?? ''} stands otherwise, and it is not known who wrote it`;
  return { kind: 'refused', refusal: { code: 'foreign-edit', message }, differences: plan.differences };
}

/** What we know to have written: a record that shows what an attempt without answer was to write was written by us. */
export function lastWritten(
  { written, attempted }: Pick<Known, 'written' | 'attempted'>,
  standing: StandingOrder | null,
): OrderContent | null {
  return attempted !== null && standing !== null && isAs(standing, attempted) ? attempted : written;
}

/** What stands there was written by us. */
export function isOurs(known: Pick<Known, 'written' | 'attempted'>, standing: StandingOrder): boolean {
  const last = lastWritten(known, standing);
  return last !== null && isAs(standing, last);
}

function isAs(standing: StandingOrder, content: OrderContent): boolean {
  return planOrder({ content, vendor: {} }, standing, []).kind === 'done';
}

/** A person has something to decide about the order of a contract that was withdrawn: something of it is left to bill. */
export function isOpen(standing: StandingOrder | null): standing is StandingOrder {
  return standing?.status === 'open';
}
