import type { PoolClient } from 'pg';
import { resolveReferences } from './database.store.ts';
import type { ExactJson } from './exact-json.ts';
import { invalidContent, userError } from './problem.ts';
import { readBoolean, readDate, readNumber, readReference, type Line, type Reference } from './record-body.ts';

/** Column values of one item line as text; a column that is left out keeps its value, or takes its default on a new line. */
export interface LineValues {
  /** Key of the line that is changed; none makes a new one. */
  readonly line?: string | undefined;
  readonly item?: string | undefined;
  readonly quantity?: string | undefined;
  readonly rate?: string | undefined;
  readonly amount?: string | undefined;
  readonly tax?: string | undefined;
  readonly memo?: string | null | undefined;
  readonly billing?: string | null | undefined;
  readonly billon?: string | null | undefined;
  readonly closed?: boolean | undefined;
}

/** Lines as sent, with their items resolved. */
export async function readItemLines(tx: PoolClient, lines: readonly Line[]): Promise<LineValues[]> {
  const references = new Map<string, Reference>();
  lines.forEach((line, n) => {
    if (line['item'] !== undefined)
      references.set(String(n), readReference(`item.items[${n}].item`, line['item'], 'item'));
  });
  const items = await resolveReferences(tx, references);
  return lines.map((line, n) => ({
    line: numberOf(line, n, 'line'),
    item: items.get(String(n)),
    quantity: numberOf(line, n, 'quantity'),
    rate: numberOf(line, n, 'rate'),
    amount: numberOf(line, n, 'amount'),
    tax: numberOf(line, n, 'tax1Amt'),
    memo: textOf(line, n, 'description'),
    billing: textOf(line, n, 'custcol_billing_id'),
    billon: dateOf(line, n, 'custcol_bill_on'),
    closed: line['isClosed'] === undefined ? undefined : readBoolean(`item.items[${n}].isClosed`, line['isClosed']),
  }));
}

function numberOf(line: Line, n: number, name: string): string | undefined {
  const value: ExactJson | undefined = line[name];
  if (value === undefined || value === null) return undefined;
  return readNumber(`item.items[${n}].${name}`, value);
}

function textOf(line: Line, n: number, name: string): string | null | undefined {
  const value = line[name];
  if (value === undefined || value === null || typeof value === 'string') return value;
  throw invalidContent(`Invalid value for the field '${name}'. Text is expected.`, `item.items[${n}].${name}`);
}

function dateOf(line: Line, n: number, name: string): string | null | undefined {
  const text = textOf(line, n, name);
  return typeof text === 'string' ? readDate(`item.items[${n}].${name}`, text) : text;
}

/**
 * Writes the item lines of a transaction. The sublist is keyed by `line`: a line sent with its key is changed, one without is
 * added, and only `replace` takes lines away that are not named. Answers the keys of the lines written, in their order.
 */
export async function writeLines(
  tx: PoolClient,
  id: string,
  lines: readonly LineValues[],
  replace: boolean,
): Promise<string[]> {
  const keyed = lines.flatMap(({ line }) => (line === undefined ? [] : [line]));
  await requireLines(tx, id, keyed);
  if (replace) await removeOthers(tx, id, keyed);
  const bare = lines.findIndex((l) => l.line === undefined && l.amount === undefined && l.rate === undefined);
  const nameless = lines.find((l) => l.line === undefined && l.item === undefined);
  if (nameless) throw userError('Please enter a value for item.');
  if (bare >= 0) throw invalidContent('Please enter a value for amount.', `item.items[${bare}].amount`);
  const { rows } = await tx.query<{ last: string }>('select lastline as last from transaction where id = $1', [id]);
  let last = Number(rows[0]!.last);
  const numbered = lines.map((line, n) => ({ ...line, n, line: line.line ?? String((last += 1)) }));
  await tx.query(updateLines, [id, JSON.stringify(numbered.filter(({ n }) => lines[n]!.line !== undefined))]);
  await tx.query(insertLines, [id, JSON.stringify(numbered.filter(({ n }) => lines[n]!.line === undefined))]);
  const keys = numbered.map(({ line }) => line);
  await tx.query(resequence, [id, replace ? keys : []]);
  await tx.query('update transaction set lastline = $2 where id = $1', [id, last]);
  return keys;
}

async function requireLines(tx: PoolClient, id: string, keys: readonly string[]): Promise<void> {
  if (new Set(keys).size < keys.length) throw invalidContent('A line is named twice.', 'item.items');
  const sql = 'select line::text from transactionline where transaction = $1';
  const held = new Set((await tx.query<{ line: string }>(sql, [id])).rows.map(({ line }) => line));
  const unknown = keys.find((key) => !held.has(key));
  if (unknown !== undefined)
    throw userError(`The line ${unknown} does not exist in the sublist item of this transaction.`);
}

async function removeOthers(tx: PoolClient, id: string, keep: readonly string[]): Promise<void> {
  const others = 'transaction = $1 and not line = any($2::int[])';
  const billed = `select l.seq from transactionline l where ${others} and exists
    (select 1 from orderlink k where k.previousdoc = l.transaction and k.previousline = l.line) order by l.line limit 1`;
  const { rows } = await tx.query<{ seq: number }>(billed, [id, keep]);
  if (rows[0]) throw userError(`Line ${rows[0].seq} cannot be removed because it has been billed.`);
  await tx.query(`delete from transactionline where ${others}`, [id, keep]);
}

const precision = `cross join (select currencyprecision as digits from currency join transaction t on t.currency = currency.id where t.id = $1) y`;

const insertLines = `
insert into transactionline (transaction, line, item, quantity, rate, amount, tax, memo, custcol_billing_id, custcol_bill_on, isclosed)
select $1, l.line, l.item, coalesce(l.quantity, 1), coalesce(l.rate, round(l.amount / nullif(coalesce(l.quantity, 1), 0), 8)),
  round(coalesce(l.amount, coalesce(l.quantity, 1) * l.rate), y.digits), round(coalesce(l.tax, 0), y.digits), l.memo, l.billing, l.billon,
  coalesce(l.closed, false)
from jsonb_to_recordset($2::jsonb) as l(line int, item bigint, quantity numeric, rate numeric, amount numeric, tax numeric, memo text,
  billing text, billon date, closed boolean) ${precision}`;

/** An amount without a rate makes the rate; a quantity or a rate alone makes the amount. */
const updateLines = `
update transactionline t set item = coalesce((b->>'item')::bigint, t.item), quantity = q.quantity,
  rate = case when b->>'rate' is not null then (b->>'rate')::numeric
    when b->>'amount' is not null then round((b->>'amount')::numeric / nullif(q.quantity, 0), 8) else t.rate end,
  amount = case when b->>'amount' is not null then round((b->>'amount')::numeric, y.digits)
    when b->>'rate' is not null or b->>'quantity' is not null
      then round(q.quantity * coalesce((b->>'rate')::numeric, t.rate), y.digits) else t.amount end,
  tax = coalesce(round((b->>'tax')::numeric, y.digits), t.tax),
  memo = case when b ? 'memo' then b->>'memo' else t.memo end,
  custcol_billing_id = case when b ? 'billing' then b->>'billing' else t.custcol_billing_id end,
  custcol_bill_on = case when b ? 'billon' then (b->>'billon')::date else t.custcol_bill_on end,
  isclosed = coalesce((b->>'closed')::boolean, t.isclosed)
from (select l.line, s.b, coalesce((s.b->>'quantity')::numeric, l.quantity) as quantity
      from transactionline l join jsonb_array_elements($2::jsonb) s(b) on (s.b->>'line')::int = l.line where l.transaction = $1) q ${precision}
where t.transaction = $1 and t.line = q.line`;

/** Places of the lines: in the order sent where the sublist was replaced, else new ones behind those that were there. */
const resequence = `
update transactionline t set seq = o.place
from (select line, row_number() over (order by array_position($2::int[], line), seq = 0, seq, line) as place
      from transactionline where transaction = $1) o
where t.transaction = $1 and t.line = o.line and t.seq <> o.place`;
