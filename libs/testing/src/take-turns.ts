import { postgresUrl } from '@tieout/stack';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { stack } from './stack.ts';

/** Longer than the other spec files of a service take together. */
const TURN_MS = 1_200_000;

/**
 * Spec files that run the same service take turns: its consumer groups and its publisher's transactional id are the service's
 * own, so two of it on one broker would share partitions and fence each other. Call it before the file's other hooks.
 */
export function takeTurns(service: string): void {
  let turn: pg.Client | null = null;
  beforeAll(async () => {
    turn = new pg.Client({ connectionString: postgresUrl(stack().postgres) });
    await turn.connect();
    await turn.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`turn of ${service}`]);
  }, TURN_MS);
  // Hooks of the end run in reverse order: this one after the service was stopped.
  afterAll(() => turn?.end());
}
