import type { MigrationInterface, QueryRunner } from 'typeorm';
import { publishedTopicTables } from './published-topic.store.ts';
import { retentionIndexes } from './retention.store.ts';
import { decodeHeaders, encodeHeaders } from './record-headers.ts';

/** Headers of waiting events in Kafka's bytes, what a service remembers of the topics that it publishes, indexes of retention. */
export class PublishTables1732320000011 implements MigrationInterface {
  readonly name = 'PublishTables1732320000011';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...publishedTopicTables, ...retentionIndexes]) await runner.query(statement);
    await convertHeaders(runner, 'bytea', (headers: Record<string, string>) => encodeHeaders(headers));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE published_topic`);
    await runner.query(`DROP INDEX inbox_received, work_item_finished, dead_letter_settled`);
    await convertHeaders(runner, 'jsonb', (headers: Buffer) => JSON.stringify(plain(headers)));
  }
}

async function convertHeaders<F>(runner: QueryRunner, type: string, convert: (headers: F) => unknown): Promise<void> {
  await runner.query(`ALTER TABLE outbox RENAME COLUMN headers TO headers_before`);
  await runner.query(`ALTER TABLE outbox ADD COLUMN headers ${type}`);
  const rows = (await runner.query(`SELECT id, headers_before AS headers FROM outbox`)) as { id: string; headers: F }[];
  await runner.query(
    `UPDATE outbox o SET headers = c.headers FROM unnest($1::bigint[], $2::${type}[]) AS c (id, headers) WHERE o.id = c.id`,
    [rows.map(({ id }) => id), rows.map(({ headers }) => convert(headers))],
  );
  await runner.query(`ALTER TABLE outbox ALTER COLUMN headers SET NOT NULL, DROP COLUMN headers_before`);
}

function plain(headers: Buffer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(decodeHeaders(headers)).map(([name, [first]]) => [name, String(first ?? '')]),
  );
}
