import type { LegalEntity } from '@tieout/canonical';
import { applied, DataError, duplicate, superseded, type ConsumerSpec, type Outcome } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { type Contribution, invoiceContribution, type ObjectType, paymentContribution } from './contribution.ts';
import {
  forgetContributions,
  forgetEntities,
  lockEntities,
  lockRevisions,
  saveContributions,
  saveEntities,
  type StoredEntity,
} from './contribution.store.ts';
import { applyRevisions, type Standing } from './revisions.ts';

const OUTCOMES: Readonly<Record<Standing, Outcome>> = { applied, duplicate, superseded };

/** Invoices into contributions; their cells become dirty. */
export const invoiceConsumer: ConsumerSpec<'finance.invoice.v1'> = {
  topic: 'finance.invoice.v1',
  handle: (deliveries, tx) =>
    contribute(
      tx,
      'invoice',
      deliveries.map(({ key, value }) => ({ id: key, contribution: value && invoiceContribution(value) })),
    ),
  reset: (tx, keys) => forgetContributions(tx, 'invoice', keys),
};

/** Payments into contributions; their cells become dirty. */
export const paymentConsumer: ConsumerSpec<'finance.payment.v1'> = {
  topic: 'finance.payment.v1',
  handle: (deliveries, tx) =>
    contribute(
      tx,
      'payment',
      deliveries.map(({ key, value }) => ({ id: key, contribution: value && paymentContribution(value) })),
    ),
  reset: (tx, keys) => forgetContributions(tx, 'payment', keys),
};

interface Delivered {
  readonly id: string;
  /** Null for a tombstone, which follows a DELETED record and has nothing to add to it. */
  readonly contribution: Contribution | null;
}

async function contribute(tx: EntityManager, object: ObjectType, delivered: readonly Delivered[]): Promise<Outcome[]> {
  const revised = delivered.flatMap(({ id, contribution }) =>
    contribution === null ? [] : [{ id, revision: contribution.revision, contribution }],
  );
  const known = await lockRevisions(tx, object, [...new Set(revised.map(({ id }) => id))]);
  const { standings, latest } = applyRevisions(known, revised);
  await saveContributions(
    tx,
    object,
    latest.map(({ contribution }) => contribution),
  );
  return spread(delivered, ({ contribution }) => contribution === null, standings);
}

/** Legal entities give cells their code; documents may have arrived before them. */
export const legalEntityConsumer: ConsumerSpec<'finance.legal-entity.v1'> = {
  topic: 'finance.legal-entity.v1',
  async handle(deliveries, tx) {
    const revised = deliveries.flatMap(({ value }) => (value === null ? [] : [toStored(value)]));
    const stored = await lockEntities(
      tx,
      revised.map(({ id }) => id),
      revised.map(({ code }) => code),
    );
    const { standings, latest } = applyRevisions(new Map(stored.map(({ id, revision }) => [id, revision])), revised);
    refuseTakenCodes(stored, latest);
    await saveEntities(tx, latest);
    return spread(deliveries, ({ value }) => value === null, standings);
  },
  reset: forgetEntities,
};

const toStored = ({ legalEntityId, revision, code, name, lifecycle }: LegalEntity): StoredEntity => ({
  id: legalEntityId,
  revision,
  code,
  name,
  deleted: lifecycle === 'DELETED',
});

/** Two entities under one code would overwrite each other's cells; a deleted one has released its code. */
function refuseTakenCodes(stored: readonly StoredEntity[], incoming: readonly StoredEntity[]): void {
  const after = new Map([...stored, ...incoming].map((entity) => [entity.id, entity]));
  const standing = [...after.values()].filter(({ deleted }) => !deleted);
  for (const { id, code } of incoming.filter(({ deleted }) => !deleted)) {
    const other = standing.find((entity) => entity.code === code && entity.id !== id);
    if (other !== undefined)
      throw new DataError('legal-entity-code-taken', `Legal entities ${other.id} and ${id} have the same code ${code}`);
  }
}

/** Puts the standings of the records that had a value back to their places. */
function spread<T>(
  deliveries: readonly T[],
  isTombstone: (delivery: T) => boolean,
  standings: readonly Standing[],
): Outcome[] {
  let next = 0;
  return deliveries.map((delivery) => (isTombstone(delivery) ? applied : OUTCOMES[standings[next++] ?? 'applied']));
}
