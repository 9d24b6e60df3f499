import { parseRuleSet } from '@tieout/matching';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { ITEM_COLUMNS, placed, toItem, type ItemRow } from '../../apps/reconciliation/src/comparisons/item-row.ts';
import { inDatabase } from '../database.ts';
import { RULES } from './rules.ts';
import { migrations } from './service-tables.ts';

/** A loaded comparison of two sides: open items of the ledger, lines of the bank. */
export interface Dataset {
  readonly databaseUrl: string;
  readonly comparisonId: number;
  /** Rows of the left side; the right one has as many but for some per mille. */
  readonly items: number;
}

/** Date for which the comparison is made; the items are of the sixty days before. */
export const AS_OF = '2026-06-30';

/**
 * What becomes of the items, in per mille of the left side; the rest is equal on both sides. Blocks are customers with 10, 40 or
 * 200 items, half of the items in the small ones.
 */
export const PLANTED = {
  cent: 10, // the right amount is a cent more
  misspelt: 10, // the reference in lower case, with other separators and zeros
  split: 10, // two right items with the same reference
  bundled: 10, // two left items neighbouring each other, one right item without a reference
  young: 5, // no right item yet, a day old
  missingRight: 5,
  missingLeft: 5,
  wrongAmount: 5,
} as const;

/** Items that the first rule settles, of a thousand. */
export const EXACT = 1_000 - Object.values(PLANTED).reduce((sum, some) => sum + some, 0) + PLANTED.missingLeft;

/** Makes the service's tables and fills them; the items come in the order of their blocks, as the service loads them. */
export async function load(databaseUrl: string, items: number): Promise<Dataset> {
  await migrate(databaseUrl);
  return inDatabase(databaseUrl, async (client) => {
    const comparisonId = await createComparison(client);
    await client.query(BASE.replace('$1', String(Math.trunc(items))));
    await withoutIndexes(client, async () => {
      for (const insert of [LEFT, RIGHT]) await client.query(insert, [comparisonId]);
    });
    await client.query('DROP TABLE base');
    await checkKeys(client);
    await client.query('VACUUM (ANALYZE) comparison_item');
    return { databaseUrl, comparisonId, items };
  });
}

async function migrate(databaseUrl: string): Promise<void> {
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, migrations: [...migrations] });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

/** What stands in SQL below is what the service would have stored. */
async function checkKeys(client: pg.Client): Promise<void> {
  const ruleSet = parseRuleSet(RULES);
  const { rows } = await client.query<ItemRow & { key: string }>(
    `SELECT ${ITEM_COLUMNS}, replace(exact_key::text, '-', '') AS key FROM comparison_item LIMIT 100`,
  );
  for (const row of rows)
    if (placed(toItem(row), row.side, ruleSet).key !== row.key) throw new Error(`item ${row.item_id} has another key`);
}

/** An index is made faster than it is kept up while its table is filled; the definitions are those of the service. */
async function withoutIndexes(client: pg.Client, fill: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ drop: string; make: string }>(
    `SELECT format('ALTER TABLE comparison_item DROP CONSTRAINT %I', conname) AS drop,
       format('ALTER TABLE comparison_item ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS make
     FROM pg_constraint WHERE conrelid = 'comparison_item'::regclass AND contype = 'p'
     UNION ALL SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes
     WHERE tablename = 'comparison_item' AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
  );
  for (const { drop } of rows) await client.query(drop);
  await fill();
  await client.query(`SET maintenance_work_mem = '256MB'`);
  for (const { make } of rows) await client.query(make);
}

async function createComparison(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ comparison_id: number }>(
    `INSERT INTO comparison (name, definition, definition_hash, state) VALUES ('bench', $1, '', 'inactive') RETURNING comparison_id`,
    [JSON.stringify(DEFINITION)],
  );
  return rows[0]?.comparison_id ?? 0;
}

/** As apps/reconciliation/comparisons has them. */
export const DEFINITION = {
  ...{ name: 'bench', description: 'Ledger against bank', owner: 'bench', rules: 'bench' },
  sides: [
    { name: 'ledger', source: { kind: 'file', account: 'ledger' } },
    { name: 'bank', source: { kind: 'file', account: 'bank' } },
  ],
} as const;

/** Cumulated per mille: a row is of the first kind whose bound is above its draw. */
const BOUNDS = Object.entries(PLANTED).reduce<readonly (readonly [string, number])[]>(
  (bounds, [kind, some]) => [...bounds, [kind, (bounds.at(-1)?.[1] ?? 0) + some]],
  [],
);
const KIND = `CASE ${BOUNDS.map(([kind, bound]) => `WHEN draw < ${bound} THEN '${kind}'`).join(' ')} ELSE 'exact' END`;

/** Draws follow from the number of the item alone: every run has the same items. Two neighbours are drawn together. */
const BASE = `CREATE UNLOGGED TABLE base AS
  SELECT n, customer, ${KIND} AS kind, cents, day, 100000 + n AS number FROM (
    SELECT n,
      CASE n % 10 WHEN 0 THEN 'C' || n / 2000 WHEN 1 THEN 'C' || n / 2000 WHEN 2 THEN 'B' || n / 400 * 3
        WHEN 3 THEN 'B' || n / 400 * 3 WHEN 4 THEN 'B' || n / 400 * 3 ELSE 'A' || n / 20 END AS customer,
      abs(hashint4(n / 2)) % 1000 AS draw, abs(hashint4(n + 7)) % 5000000 + 100 AS cents, abs(hashint4(n + 13)) % 60 AS day
    FROM generate_series(0, $1::int - 1) AS n) AS drawn`;

const DATE = (day: string): string => `date '${AS_OF}' - ${day}`;
const AMOUNT = (cents: string): string => `trim_scale((${cents})::numeric / 100)::text`;
const BLOCK = `'DE01' || chr(31) || 'Customer ' || customer || chr(31) || 'EUR'`;
const ID = (side: string, more = `''`): string => `substr(md5('${side}' || n || ${more}), 1, 16)`;
const COLUMNS = `comparison_id, side, item_id, block, amount, currency, business_date, reference, counterparty, text, legal_entity,
  reverses, changed_at, fields, exact_key`;

const row = (side: 0 | 1, id: string, amount: string, date: string, reference: string): string => `
  $1::smallint, ${side}, ${id}, ${BLOCK}, ${amount}, 'EUR', ${date}, ${reference}, 'Customer ' || customer,
  'Payment of invoice ' || number || ', thank you', 'DE01', NULL, '${AS_OF}T08:00:00.000Z',
  jsonb_build_object('customerId', customer, 'line', n::text),
  ${KEY(reference, amount, side === 0 ? `'left ' || ${id}` : `'right ' || ${id}`)}`;

/** As `exactKeyOf` makes it of the first rule. */
const KEY = (reference: string, amount: string, own: string): string =>
  `left(encode(sha256(convert_to(coalesce('["' || ${reference} || '","' || ${amount} || '","EUR"]', ${own}), 'UTF8')), 'hex'), 32)::uuid`;

const INVOICE = `'INV-' || number`;
const LEFT = `INSERT INTO comparison_item (${COLUMNS})
  SELECT ${row(0, ID('l'), AMOUNT('cents'), `CASE kind WHEN 'young' THEN ${DATE('1')} ELSE ${DATE('day - 2')} END`, INVOICE)}
  FROM base WHERE kind <> 'missingLeft' ORDER BY 4, 3`;

/** A split is at a third; a bundle holds the amounts of both neighbours and is the even one's. */
const RIGHT = `INSERT INTO comparison_item (${COLUMNS})
  SELECT ${row(
    1,
    ID('r', 'part'),
    AMOUNT(`CASE kind WHEN 'cent' THEN cents + 1 WHEN 'wrongAmount' THEN cents + 1000
      WHEN 'split' THEN (CASE part WHEN 1 THEN cents / 3 ELSE cents - cents / 3 END)
      WHEN 'bundled' THEN cents + abs(hashint4(n + 8)) % 5000000 + 100 ELSE cents END`),
    DATE('day - 1'),
    `CASE kind WHEN 'misspelt' THEN 'inv 0' || number WHEN 'bundled' THEN NULL ELSE ${INVOICE} END`,
  )}
  FROM base CROSS JOIN generate_series(1, 2) AS part
  WHERE kind NOT IN ('young', 'missingRight') AND (part = 1 OR kind = 'split') AND NOT (kind = 'bundled' AND n % 2 = 1)
  ORDER BY 4, 3`;
