import { derivedId } from '@tieout/canonical';
import { adoptCases } from '@tieout/messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';

interface ProblemRow {
  readonly objectId: string;
  readonly kind: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  readonly since: string;
}

/** Cases are kept by the messaging library, as those of every service. */
export class Exceptions1732360000002 implements MigrationInterface {
  readonly name = 'Exceptions1732360000002';

  async up(runner: QueryRunner): Promise<void> {
    const rows = (await runner.query(
      `SELECT contract_id AS "objectId", problem->>'kind' AS kind, problem->>'message' AS message, problem->'details' AS details,
         problem->>'since' AS since FROM contract_order WHERE problem IS NOT NULL`,
    )) as ProblemRow[];
    await adoptCases(runner.manager, rows.map(asCase));
    await runner.query('ALTER TABLE contract_order DROP COLUMN problem');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE contract_order ADD COLUMN problem jsonb');
  }
}

function asCase({ since, ...problem }: ProblemRow): Parameters<typeof adoptCases>[1][number] {
  return {
    ...problem,
    exceptionId: derivedId(`order-to-cash/${problem.kind}`, problem.objectId),
    status: 'OPEN',
    severity: 'WARNING',
    service: 'order-to-cash',
    objectType: 'contract',
    raisedAt: since,
    updatedAt: since,
    resolution: null,
  };
}
