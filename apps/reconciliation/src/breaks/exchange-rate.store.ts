import { parseDecimal } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { Rate } from './valuation.ts';

interface Row {
  readonly from: string;
  readonly to: string;
  readonly date: string;
  readonly rate: string;
  readonly source: string;
}

const COLUMNS = `from_currency AS "from", to_currency AS "to", to_char(date, 'YYYY-MM-DD') AS date, rate::text, source`;

/** All of them, the newest first. */
export async function loadRates(tx: EntityManager): Promise<Rate[]> {
  const rows = await tx.query<Row[]>(
    `SELECT ${COLUMNS} FROM exchange_rate ORDER BY date DESC, from_currency, to_currency`,
  );
  return rows.map((row) => ({ ...row, rate: parseDecimal(row.rate) }));
}

/** The last stated of the same pair and day counts. */
export async function putRates(tx: EntityManager, rates: readonly Rate[]): Promise<void> {
  const last = new Map(rates.map((rate) => [`${rate.from} ${rate.to} ${rate.date}`, rate]));
  await tx.query(
    `INSERT INTO exchange_rate (from_currency, to_currency, date, rate, source)
     SELECT r->>'from', r->>'to', (r->>'date')::date, (r->>'rate')::numeric, r->>'source'
     FROM jsonb_array_elements($1::jsonb) AS j (r)
     ON CONFLICT (from_currency, to_currency, date) DO UPDATE SET rate = excluded.rate, source = excluded.source`,
    [JSON.stringify([...last.values()])],
  );
}
