import type { EntityManager } from 'typeorm';
import type { KnownPeriod } from './period.ts';

/** Base periods of the books of a legal entity, as the ERP instance was read last. @param legalEntity its code */
export function periodsOf(tx: EntityManager, instance: string, legalEntity: string): Promise<KnownPeriod[]> {
  return tx.query<KnownPeriod[]>(
    `SELECT value->>'name' AS name, value->>'startDate' AS "startDate", value->>'endDate' AS "endDate",
            value->>'status' AS status, value->'ledgers' AS ledgers
     FROM published_record
     WHERE topic = 'finance.accounting-period.v1' AND instance = $1 AND value->>'kind' = 'BASE' AND value->>'lifecycle' = 'ACTIVE'
       AND (value->>'legalEntityId' IS NULL OR value->>'legalEntityId' IN (
         SELECT key FROM published_record
         WHERE topic = 'finance.legal-entity.v1' AND instance = $1 AND value->>'code' = $2))`,
    [instance, legalEntity],
  );
}
