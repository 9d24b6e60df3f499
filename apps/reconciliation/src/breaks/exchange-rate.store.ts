import { parseDecimal } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import { erpRates, ratesInUse, type ErpRate } from './rates-in-use.ts';
import type { Rate } from './valuation.ts';

interface Row {
  readonly from: string;
  readonly to: string;
  readonly date: string;
  readonly rate: string;
  readonly source: string;
}

const COLUMNS = `from_currency AS "from", to_currency AS "to", to_char(date, 'YYYY-MM-DD') AS date, rate::text, source`;

/** What amounts are converted by. @param named sources that rules name, so that their rates are there in any case */
export async function loadRates(tx: EntityManager, named?: ReadonlySet<string>): Promise<readonly Rate[]> {
  return ratesInUse(erpRates(await ratesOfErps(tx)), await statedRates(tx), named);
}

/** All of them, the newest first. */
export async function allRates(tx: EntityManager): Promise<readonly Rate[]> {
  return [...erpRates(await ratesOfErps(tx)), ...(await statedRates(tx))].toSorted((a, b) =>
    a.date < b.date ? 1 : -1,
  );
}

function ratesOfErps(tx: EntityManager): Promise<ErpRate[]> {
  return tx.query<ErpRate[]>(
    `SELECT value->'source'->>'system' AS system, value->>'instance' AS instance, value->>'rateType' AS "rateType",
            value->>'fromCurrency' AS "from", value->>'toCurrency' AS "to", value->>'validFrom' AS date, value->>'rate' AS rate,
            (value->>'fromUnits')::int AS "fromUnits", (value->>'toUnits')::int AS "toUnits"
     FROM topic_state WHERE topic = 'finance.exchange-rate.v1' AND value->>'lifecycle' = 'ACTIVE'`,
  );
}

/** What people have stated. */
async function statedRates(tx: EntityManager): Promise<Rate[]> {
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
