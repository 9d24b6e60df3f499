import type { EntityManager } from 'typeorm';

/** What a handler wanted to send in a transaction that hands records over again: it was sent when they came first. */
export interface Suppressed {
  facts: number;
  work: number;
}

/** By query runner: one transaction, savepoints included. */
const replaying = new WeakMap<object, Suppressed>();

/**
 * From here on the transaction publishes no fact and enqueues no work item, whoever asks: both are counted instead. States
 * pass: they are published only where their content differs from what was published last.
 */
export function suppressEffects(tx: EntityManager): Suppressed {
  const suppressed = { facts: 0, work: 0 };
  replaying.set(transactionOf(tx), suppressed);
  return suppressed;
}

/** Null in a transaction of live traffic. */
export function suppressionOf(tx: EntityManager): Suppressed | null {
  return replaying.get(transactionOf(tx)) ?? null;
}

function transactionOf(tx: EntityManager): object {
  return tx.queryRunner ?? tx;
}
