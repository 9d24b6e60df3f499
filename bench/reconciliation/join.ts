import { inDatabase } from '../database.ts';
import type { Dataset } from './dataset.ts';

const side = (number: 0 | 1): string => `(SELECT * FROM comparison_item WHERE comparison_id = $1 AND side = ${number})`;
const ON = `l.block = r.block AND l.reference = r.reference AND l.amount = r.amount AND l.currency = r.currency`;
const JOINED = `${side(0)} l FULL OUTER JOIN ${side(1)} r ON ${ON}`;

/** The least that a comparison in SQL is: what has an equal counterpart, and how much has none on either side. */
const COUNTED = `SELECT count(*) FILTER (WHERE r.item_id IS NOT NULL AND l.item_id IS NOT NULL)::int AS both,
  count(*) FILTER (WHERE r.item_id IS NULL)::int AS left_only, count(*) FILTER (WHERE l.item_id IS NULL)::int AS right_only
  FROM ${JOINED}`;
/** The same with its result kept. */
const KEPT = `CREATE TABLE joined AS SELECT l.item_id AS left_id, r.item_id AS right_id FROM ${JOINED}`;

export interface Joined {
  readonly seconds: number;
  readonly both: number;
}

export function countJoin({ databaseUrl, comparisonId }: Dataset): Promise<Joined> {
  return inDatabase(databaseUrl, async (client) => {
    const begun = performance.now();
    const { rows } = await client.query<{ both: number }>(COUNTED, [comparisonId]);
    return { seconds: (performance.now() - begun) / 1_000, both: rows[0]?.both ?? 0 };
  });
}

export function keepJoin({ databaseUrl, comparisonId }: Dataset): Promise<number> {
  return inDatabase(databaseUrl, async (client) => {
    const begun = performance.now();
    await client.query(KEPT.replaceAll('$1', String(comparisonId)));
    const seconds = (performance.now() - begun) / 1_000;
    await client.query('DROP TABLE joined');
    return seconds;
  });
}
