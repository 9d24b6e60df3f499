import type { PoolClient } from 'pg';
import { applyPayments } from './application.store.ts';
import { lockOrders, requireOrderStatus, requireWithinOrder, settleOrders } from './billing.store.ts';
import { resolveReferences } from './database.store.ts';
import { readItemLines, writeLines } from './line.store.ts';
import { movedPeriod, postingPeriod } from './period.store.ts';
import { userError } from './problem.ts';
import type { RecordWrite } from './record-body.ts';
import type { RecordType } from './record-types.ts';

const headerDefaults = `
  coalesce($3, 'N' || nextval('document_number')), coalesce($4::date, ($1::timestamptz)::date), $5::date, c.id,
  coalesce($6::bigint, c.subsidiary), coalesce($7::bigint, c.currency), coalesce($8::numeric, (
    select r.exchangerate from currencyrate r join subsidiary s on s.id = coalesce($6::bigint, c.subsidiary)
    where r.basecurrency = s.currency and r.transactioncurrency = coalesce($7::bigint, c.currency)
      and r.effectivedate <= coalesce($4::date, ($1::timestamptz)::date) order by r.effectivedate desc limit 1), 1)`;

/** Creates or changes an order, invoice, payment or credit memo with its lines and applications; answers its id. */
export async function writeTransaction(
  tx: PoolClient,
  type: RecordType,
  existing: string | null,
  write: RecordWrite,
  options: { readonly now: Date; readonly replaced: ReadonlySet<string> },
): Promise<string> {
  const references = await resolveReferences(tx, write.references);
  requireFields(type, existing, references, write);
  const id =
    existing === null
      ? await insertHeader(tx, type, write.values, references, options.now)
      : await updateHeader(tx, existing, write.values, references, options.now);
  const before = existing === null ? new Map<string, string>() : await lockOrders(tx, id);
  const lines = write.sublists.get('item');
  if (lines) {
    await writeLines(tx, id, await readItemLines(tx, lines), existing !== null && options.replaced.has('item'));
    await settleOrders(tx, id, before, options.now);
    await requireWithinOrder(tx, id);
  }
  const applications = write.sublists.get('apply');
  if (applications) await applyPayments(tx, id, applications, options.replaced.has('apply'), options.now);
  await total(tx, id);
  return id;
}

function requireFields(
  type: RecordType,
  existing: string | null,
  references: ReadonlyMap<string, string>,
  write: RecordWrite,
): void {
  if (existing !== null) return;
  const party = 'customer' in type.fields ? 'customer' : 'entity';
  if (!references.has('entity')) throw userError(`Please enter value(s) for: ${party}.`);
  if (type.sublists.includes('item') && !write.sublists.get('item')?.length) {
    throw userError('You must enter at least one line item for this transaction.');
  }
}

export type Values = ReadonlyMap<string, string | null>;
export type Ids = ReadonlyMap<string, string>;

export async function insertHeader(
  tx: PoolClient,
  type: RecordType,
  values: Values,
  ids: Ids,
  now: Date,
): Promise<string> {
  const value = (column: string): string | null => values.get(column) ?? null;
  requireOrderStatus(values.get('orderstatus'));
  const place = { date: value('trandate'), period: ids.get('postingperiod') ?? null };
  const period = type.name === 'salesOrder' ? null : await postingPeriod(tx, place, now);
  const { rows } = await tx.query<{ id: string }>(
    `insert into transaction (createddate, lastmodifieddate, type, tranid, trandate, duedate, entity, subsidiary, currency,
       exchangerate, externalid, memo, paymentmethod, payment, custbody_disputed, terms,
       custbody_contract, otherrefnum, orderstatus, createdfrom, postingperiod, department, class)
     select $1, $1, $2, ${headerDefaults}, $9, $10, $11, round($12::numeric, y.currencyprecision), coalesce($13::boolean, false), $14::bigint,
       $16, $17, case when $2 = 'SalesOrd' then coalesce($18, 'B') end, $19::bigint, $20::bigint, $21::bigint, $22::bigint
     from customer c join currency y on y.id = coalesce($7::bigint, c.currency) where c.id = $15 returning id`,
    [
      ...[now, type.transactionType, value('tranid'), value('trandate'), value('duedate')],
      ...[ids.get('subsidiary') ?? null, ids.get('currency') ?? null, value('exchangerate'), value('externalid')],
      ...[value('memo'), value('paymentmethod'), value('payment'), value('custbody_disputed')],
      ...[ids.get('terms') ?? null, ids.get('entity'), value('custbody_contract'), value('otherrefnum')],
      ...[value('orderstatus'), ids.get('createdfrom') ?? null],
      ...[period, ids.get('department') ?? null, ids.get('class') ?? null],
    ],
  );
  return rows[0]!.id;
}

async function updateHeader(tx: PoolClient, id: string, values: Values, ids: Ids, now: Date): Promise<string> {
  await requireUnlinked(tx, id, values, ids);
  const change = { date: values.get('trandate') ?? undefined, period: ids.get('postingperiod') };
  const period = await movedPeriod(tx, id, change, now);
  const columns = new Map<string, unknown>([...values, ...ids, ['lastmodifieddate', now]]);
  if (period !== null) columns.set('postingperiod', period);
  const sets = [...columns.keys()].map((name, n) => `${name} = $${n + 2}`);
  const sql = `update transaction set ${sets.join(', ')} where id = $1 and not voided`;
  const { rowCount } = await tx.query(sql, [id, ...columns.values()]);
  if (rowCount === 0) throw userError('This transaction has been voided and cannot be changed.');
  return id;
}

/** What a linked document says of its customer, currency and company is settled, and a billed order is not cancelled. */
async function requireUnlinked(tx: PoolClient, id: string, values: Values, ids: Ids): Promise<void> {
  requireOrderStatus(values.get('orderstatus'));
  const kept = ['entity', 'currency', 'subsidiary'].map((column) => ids.get(column) ?? null);
  const { rows } = await tx.query<{ linked: boolean }>(
    `select exists (select 1 from transactionlink where $1 in (previousdoc, nextdoc))
       or exists (select 1 from orderlink where $1 in (previousdoc, nextdoc)) as linked
     from transaction where id = $1 and (entity <> $2::bigint or currency <> $3::bigint or subsidiary <> $4::bigint or $5 = 'C')`,
    [id, ...kept, values.get('orderstatus') ?? null],
  );
  if (rows[0]?.linked) throw userError('You may not change this field because the transaction is linked to others.');
}

/** What a payment was said to be, or what it settles; a refund is what it pays out; the rest is its lines. */
const whole = `case t.type when 'CustPymt' then coalesce(t.payment, a.applied) when 'CustRfnd' then a.applied else l.net + l.tax end`;

/** Totals and the applied amount of one document, and the rules that hold for them. */
export async function total(tx: PoolClient, id: string): Promise<void> {
  const { rows } = await tx.query<{ type: string; over: boolean }>(
    `update transaction t set taxtotal = l.tax, foreigntotal = ${whole},
       applied = a.applied
     from (select coalesce(sum(amount), 0) as net, coalesce(sum(tax), 0) as tax from transactionline where transaction = $1) l,
       (select coalesce(sum(foreignamount), 0) as applied from transactionlink where previousdoc = $1 or nextdoc = $1) a
     where t.id = $1 returning t.type, a.applied > ${whole} as over`,
    [id],
  );
  if (rows[0]?.over) {
    throw userError(
      rows[0].type === 'CustInvc'
        ? 'The invoice total may not be less than the amount already applied to it.'
        : 'You cannot apply more than the amount of this transaction.',
    );
  }
}
