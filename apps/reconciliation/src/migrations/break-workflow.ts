import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Fields that a state of the first release does not have; nobody has decided about such a break. */
const ABSENT = [
  ...['groupValue', 'groupCurrency', 'ownerGroup', 'assignee', 'dueAt', 'resolution', 'resolutionReason', 'proposedBy'],
  ...['approvedBy', 'decidedAt', 'expectedOn', 'counterpart', 'lastDecisionId'],
];
const GENERATED = [
  `workflow text GENERATED ALWAYS AS (state->>'workflow') STORED`,
  `owner_group text GENERATED ALWAYS AS (state->>'ownerGroup') STORED`,
  `assignee text GENERATED ALWAYS AS (state->>'assignee') STORED`,
  `due_at text GENERATED ALWAYS AS (state->>'dueAt') STORED`,
  `value numeric GENERATED ALWAYS AS ((state->>'value')::numeric) STORED`,
  `group_value numeric GENERATED ALWAYS AS ((state->>'groupValue')::numeric) STORED`,
  `resolution text GENERATED ALWAYS AS (state->>'resolution') STORED`,
  `expected_on text GENERATED ALWAYS AS (state->>'expectedOn') STORED`,
  `legal_entity_id text GENERATED ALWAYS AS (state->>'legalEntityId') STORED`,
];

const STATEMENTS = [
  `UPDATE break SET state = state || jsonb_build_object('workflow', status, 'severity', upper(severity),
     'value', CASE WHEN currency IS NOT NULL AND kind NOT IN ('invoices', 'count')
                   THEN trim_scale(abs((state->>'difference')::numeric))::text END,
     ${ABSENT.map((name) => `'${name}', NULL`).join(', ')})`,
  `ALTER TABLE break ${GENERATED.map((column) => `ADD COLUMN ${column}`).join(', ')},
     ADD COLUMN last_seen_run_id uuid, ADD COLUMN last_seen_at timestamptz,
     DROP COLUMN audit_sequence, DROP COLUMN audit_hash`,
  `CREATE INDEX break_by_value ON break
     (status, (CASE WHEN value IS NULL THEN -1 ELSE coalesce(group_value, 'Infinity') END) DESC, break_id DESC)`,
  `CREATE INDEX break_pending ON break (expected_on) WHERE workflow = 'PENDING'`,
  `CREATE TABLE exchange_rate (
     from_currency text NOT NULL,
     to_currency text NOT NULL,
     date date NOT NULL,
     rate numeric NOT NULL CHECK (rate > 0),
     source text NOT NULL,
     PRIMARY KEY (from_currency, to_currency, date))`,
  // The trace of the last event of an object; unknown of what was received before.
  `ALTER TABLE topic_state ADD COLUMN correlation_id text`,
];

/** What people do with breaks, and the rates that they are valued by. The audit chains stand in `audit_entry`, as everywhere. */
export class BreakWorkflow1732330200000 implements MigrationInterface {
  readonly name = 'BreakWorkflow1732330200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE topic_state DROP COLUMN correlation_id');
    await runner.query('DROP TABLE exchange_rate');
    await runner.query(`ALTER TABLE break DROP COLUMN workflow, DROP COLUMN owner_group, DROP COLUMN assignee, DROP COLUMN due_at,
      DROP COLUMN value, DROP COLUMN group_value, DROP COLUMN resolution, DROP COLUMN expected_on, DROP COLUMN legal_entity_id,
      DROP COLUMN last_seen_run_id, DROP COLUMN last_seen_at,
      ADD COLUMN audit_sequence bigint NOT NULL DEFAULT 0, ADD COLUMN audit_hash text`);
  }
}
