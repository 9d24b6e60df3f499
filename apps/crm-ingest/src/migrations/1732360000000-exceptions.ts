import { derivedId } from '@tieout/canonical';
import { idOf, type EntityName } from '@tieout/connector-salesforce';
import { adoptCases } from '@tieout/messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';

interface HeldRow {
  readonly instance: string;
  readonly entity: EntityName;
  readonly recordId: string;
  readonly kind: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  readonly since: string;
}

const OBJECT_TYPES: Readonly<Record<string, string>> = {
  Account: 'customer',
  Contract: 'contract',
  Opportunity: 'opportunity',
  Product2: 'product',
};
const HELD = [
  `SELECT instance, 'Account' AS entity, account_id AS "recordId", held_kind AS kind, held_message AS message, held_details AS details,
     to_char(held_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since
   FROM crm_account WHERE held_kind IS NOT NULL`,
  `SELECT instance, entity, record_id AS "recordId", held->>'kind' AS kind, held->>'message' AS message, held->'details' AS details,
     held->>'since' AS since
   FROM crm_record WHERE held IS NOT NULL`,
  // Their place among the cases was the cursor alone, which does not tell the sentence.
  `SELECT instance, '' AS entity, e.key AS "recordId", 'unknown-entity' AS kind, e.value AS since,
     'The org sends changes of ' || e.key || ', which nothing is mapped from: they are counted and left.' AS message,
     jsonb_build_object('entity', e.key) AS details
   FROM source_stream s, jsonb_each_text(coalesce(s.cursor->'unknown', '{}')) e WHERE s.stream = 'changes'`,
];

/** Cases are kept by the messaging library, as those of every service; what is left here says which records are held out. */
export class Exceptions1732360000000 implements MigrationInterface {
  readonly name = 'Exceptions1732360000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const select of HELD)
      await adoptCases(runner.manager, ((await runner.query(select)) as HeldRow[]).map(asCase));
    await runner.query(
      'ALTER TABLE crm_account DROP COLUMN held_message, DROP COLUMN held_details, DROP COLUMN held_since',
    );
    await runner.query('DROP INDEX crm_record_held');
    await runner.query(`ALTER TABLE crm_record ALTER COLUMN held TYPE text USING held->>'kind'`);
    await runner.query('ALTER TABLE crm_record RENAME COLUMN held TO held_kind');
    await runner.query('CREATE INDEX crm_record_held ON crm_record (instance, entity) WHERE held_kind IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE crm_account ADD COLUMN held_message text, ADD COLUMN held_details jsonb, ADD COLUMN held_since timestamptz',
    );
    await runner.query('DROP INDEX crm_record_held');
    await runner.query('ALTER TABLE crm_record DROP COLUMN held_kind, ADD COLUMN held jsonb');
    await runner.query('CREATE INDEX crm_record_held ON crm_record (instance, entity) WHERE held IS NOT NULL');
  }
}

function asCase({ instance, entity, recordId, since, ...hold }: HeldRow): Parameters<typeof adoptCases>[1][number] {
  const objectType = OBJECT_TYPES[entity];
  return {
    ...hold,
    exceptionId: derivedId(`crm-ingest/${hold.kind}`, `${instance}/${recordId}`),
    status: 'OPEN',
    severity: 'WARNING',
    service: 'crm-ingest',
    objectType: objectType ?? 'entity',
    objectId: objectType === undefined ? recordId : idOf(entity, instance, recordId),
    raisedAt: since,
    updatedAt: since,
    resolution: null,
  };
}
