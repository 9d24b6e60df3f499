import type { EntityManager } from 'typeorm';
import type { BreakState } from './break-state.ts';

/** What the topics and this service itself know of an object of a break. */
export interface KnownObject {
  readonly topic: string;
  readonly key: string;
  readonly system: string | null;
  readonly instance: string | null;
  readonly entity: string | null;
  readonly vendorId: string | null;
  /** Trace of the event that brought its state; null when that was long ago. */
  readonly correlationId: string | null;
}

export interface HeldLetter {
  readonly id: string;
  readonly topic: string;
  readonly reason: string;
}

/** Topics whose objects a break can be about. */
const TOPICS = [
  ...['customer', 'customer-account', 'contract', 'order', 'invoice', 'credit-memo', 'payment', 'legal-entity'],
  ...['forecast-version', 'cost-center', 'cross-reference', 'opportunity'],
].map((name) => `finance.${name}.v1`);

export async function knownObjects(tx: EntityManager, ids: readonly string[]): Promise<KnownObject[]> {
  return tx.query<KnownObject[]>(
    `SELECT topic, key, value->'source'->>'system' AS system, value->'source'->>'instance' AS instance,
            value->'source'->>'entity' AS entity, value->'source'->>'id' AS "vendorId", correlation_id AS "correlationId"
     FROM topic_state WHERE topic = ANY($1::text[]) AND key = ANY($2::text[]) ORDER BY topic, key`,
    [TOPICS, ids],
  );
}

/** Events about these keys that this service could not take. */
export async function heldLetters(tx: EntityManager, keys: readonly string[]): Promise<HeldLetter[]> {
  return tx.query<HeldLetter[]>(
    `SELECT id, topic, reason FROM dead_letter WHERE key = ANY($1::bytea[]) AND status IN ('open', 'parked')
     ORDER BY failed_at DESC LIMIT 20`,
    [keys.map((key) => Buffer.from(key))],
  );
}

/** Ids that a break names: its object, customer and legal entity. */
export const namedIds = ({ object, customerId, legalEntityId }: BreakState): string[] => [
  ...new Set([object, customerId, legalEntityId].filter((id) => id !== null)),
];
