import type { PoolClient } from 'pg';
import { applyPayments } from './application.store.ts';
import { linkLines, settleOrders } from './billing.store.ts';
import { resolveReferences } from './database.store.ts';
import { NumberText } from './exact-json.ts';
import { readItemLines, writeLines, type LineValues } from './line.store.ts';
import { invalidContent, userError } from './problem.ts';
import { readNumber, type Line, type RecordWrite } from './record-body.ts';
import type { RecordType } from './record-types.ts';
import { insertHeader, total } from './transaction.store.ts';

interface Source {
  readonly id: string;
  readonly type: string;
  readonly tranid: string;
  readonly entity: string;
  readonly subsidiary: string;
  readonly currency: string;
  readonly exchangerate: string;
  readonly memo: string | null;
  readonly otherrefnum: string | null;
  readonly custbody_contract: string | null;
  readonly remaining: string;
  readonly voided: boolean;
  readonly orderstatus: string | null;
}

/**
 * Makes a record out of another one: what the source says, with the overrides of `write` on top; answers the new id.
 * An item line of the overrides names the source's line as `orderLine`; lines that are not named are taken as they are,
 * unless the sublist is replaced. Quantity 0 leaves a line out.
 */
export async function transformRecord(
  tx: PoolClient,
  target: RecordType,
  sourceId: string,
  write: RecordWrite,
  options: { readonly now: Date; readonly replaced: ReadonlySet<string> },
): Promise<string> {
  const { now } = options;
  const source = await lockSource(tx, sourceId);
  const id = await insertHeader(
    tx,
    target,
    valuesOf(source, target, write),
    await idsOf(tx, source, target, write),
    now,
  );
  const lines = target.sublists.includes('item')
    ? await takeLines(tx, source, write.sublists.get('item') ?? [], options.replaced.has('item'))
    : [];
  if (target.sublists.includes('item')) await writeTaken(tx, source, id, lines, now);
  if (target.sublists.includes('apply')) await apply(tx, source, id, write, now);
  await total(tx, id);
  return id;
}

async function lockSource(tx: PoolClient, id: string): Promise<Source> {
  const { rows } = await tx.query<Source>('select * from transaction where id = $1 for update', [id]);
  const source = rows[0]!;
  if (source.voided || (source.orderstatus !== null && source.orderstatus !== 'B'))
    throw userError(`Transaction ${source.tranid} cannot be transformed in its present status.`);
  return source;
}

function valuesOf(source: Source, target: RecordType, write: RecordWrite): Map<string, string | null> {
  const given = new Map<string, string | null>([
    ['exchangerate', source.exchangerate],
    ['memo', source.memo],
    ...(target.name === 'customerPayment'
      ? ([['payment', source.remaining]] as const)
      : ([
          ['otherrefnum', source.otherrefnum],
          ['custbody_contract', source.custbody_contract],
        ] as const)),
  ]);
  return new Map([...given, ...write.values]);
}

async function idsOf(
  tx: PoolClient,
  source: Source,
  target: RecordType,
  write: RecordWrite,
): Promise<Map<string, string>> {
  const overrides = await resolveReferences(tx, write.references);
  for (const column of ['entity', 'subsidiary', 'currency'] as const) {
    const asked = overrides.get(column);
    if (asked !== undefined && asked !== source[column])
      throw userError(`The ${column} is that of transaction ${source.tranid} and cannot be another one.`);
  }
  const { entity, subsidiary, currency } = source;
  const origin = target.name === 'customerPayment' ? {} : { createdfrom: source.id };
  return new Map([...Object.entries({ entity, subsidiary, currency, ...origin }), ...overrides]);
}

/** A line of the new record, and the line of the source that it comes from. */
type TakenLine = LineValues & { readonly orderLine: string | null };

async function takeLines(
  tx: PoolClient,
  source: Source,
  overrides: readonly Line[],
  replace: boolean,
): Promise<TakenLine[]> {
  const values = await readItemLines(tx, overrides);
  const asked = overrides.map((line, n) => ({ ...values[n]!, orderLine: orderLineOf(line, n), line: undefined }));
  const named = asked.filter(({ orderLine }) => orderLine !== null);
  const { rows } = await tx.query<TakenLine>(source.type === 'SalesOrd' ? openLines : wholeLines, [
    source.id,
    JSON.stringify(named),
    replace,
  ]);
  const found = new Set(rows.map(({ orderLine }) => orderLine));
  const lost = named.find(({ orderLine, quantity }) => !found.has(orderLine) && Number(quantity ?? 1) !== 0);
  if (lost)
    throw userError(`Line ${lost.orderLine ?? ''} of transaction ${source.tranid} is not there or has nothing left.`);
  return [...rows, ...asked.filter(({ orderLine }) => orderLine === null)];
}

function orderLineOf(line: Line, n: number): string | null {
  const value = line['orderLine'];
  if (value === undefined || value === null) return null;
  const text = value instanceof NumberText || typeof value === 'string' ? readNumber('orderLine', value) : '';
  if (!/^\d{1,9}$/.test(text)) throw invalidContent('A line number is expected.', `item.items[${n}].orderLine`);
  return text;
}

/**
 * What a bill takes: a line's whole rest unless told otherwise. A part's amount is in proportion; the last part
 * takes what is left, so that the parts are the line.
 */
const taken = (from: string): string => `
select l.line::text as "orderLine", coalesce(o.item, l.item)::text as item, q.quantity::text, coalesce(o.rate, l.rate)::text as rate,
  case when o.amount is not null then o.amount when o.rate is null and q.quantity = l.quantityleft then l.amountleft
    when o.rate is null then l.amount * q.quantity / l.quantity else q.quantity * o.rate end::text as amount,
  coalesce(o.tax, case when q.quantity = l.quantityleft then l.taxleft else l.tax * q.quantity / l.quantity end)::text as tax,
  case when o.b ? 'memo' then o.memo else l.memo end as memo,
  case when o.b ? 'billing' then o.billing else l.custcol_billing_id end as billing,
  case when o.b ? 'billon' then o.billon else l.custcol_bill_on end::text as billon
from (${from}) l
left join (select (b->>'orderLine')::int as line, b, (b->>'item')::bigint as item, (b->>'quantity')::numeric as quantity, (b->>'rate')::numeric as rate,
    (b->>'amount')::numeric as amount, (b->>'tax')::numeric as tax, b->>'memo' as memo, b->>'billing' as billing, (b->>'billon')::date as billon
  from jsonb_array_elements($2::jsonb) b) o on o.line = l.line
cross join lateral (select coalesce(o.quantity, l.quantityleft) as quantity) q
where q.quantity <> 0 and (o.line is not null or not $3) order by l.seq`;

const openLines = taken(`select * from openline where transaction = $1 and quantityleft <> 0 and not isclosed`);
const wholeLines = taken(
  `select *, quantity as quantityleft, amount as amountleft, tax as taxleft from transactionline where transaction = $1`,
);

async function writeTaken(
  tx: PoolClient,
  source: Source,
  id: string,
  lines: readonly TakenLine[],
  now: Date,
): Promise<void> {
  if (lines.length === 0) throw userError('You must enter at least one line item for this transaction.');
  const keys = await writeLines(tx, id, lines, false);
  if (source.type !== 'SalesOrd') return;
  const links = lines.flatMap(({ orderLine }, n) => (orderLine === null ? [] : [{ orderLine, line: keys[n]! }]));
  await linkLines(tx, source.id, id, links);
  await settleOrders(tx, id, new Map(), now);
}

/** A payment or credit memo settles the document that it comes from, as far as it goes, unless told otherwise. */
async function apply(tx: PoolClient, source: Source, id: string, write: RecordWrite, now: Date): Promise<void> {
  const asked = write.sublists.get('apply');
  if (asked) return applyPayments(tx, id, asked, false, now);
  const { rows } = await tx.query<{ amount: string; some: boolean; pays: boolean }>(
    `select a.amount, a.amount > 0 as some, t.type in ('CustPymt', 'CustRfnd') as pays from transaction t
     cross join lateral (select least($2::numeric, case t.type when 'CustPymt' then t.payment when 'CustRfnd' then $2::numeric
       else (select sum(amount + tax) from transactionline where transaction = t.id) end) as amount) a where t.id = $1`,
    [id, source.remaining],
  );
  const { amount, some, pays } = rows[0]!;
  if (some) return applyPayments(tx, id, [{ doc: source.id, apply: true, amount }], false, now);
  if (pays) throw userError(`Transaction ${source.tranid} has nothing left to pay.`);
}
