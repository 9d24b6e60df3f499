import type { PoolClient } from 'pg';
import { resolveReferences } from './database.store.ts';
import { applyPayments } from './application.store.ts';
import type { ExactJson } from './exact-json.ts';
import { invalidContent, userError } from './problem.ts';
import { readNumber, readReference, type Line, type RecordWrite, type Reference } from './record-body.ts';
import type { RecordType } from './record-types.ts';

const headerDefaults = `
  coalesce($3, 'N' || nextval('document_number')), coalesce($4::date, ($1::timestamptz)::date), $5::date, c.id,
  coalesce($6::bigint, c.subsidiary), coalesce($7::bigint, c.currency), coalesce($8::numeric, 1)`;

/** Creates or changes an invoice, payment or credit memo with its lines and applications; answers its id. */
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
  const lines = write.sublists.get('item');
  if (lines) await writeLines(tx, id, lines, existing !== null && options.replaced.has('item'));
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
  const party = type.name === 'customerPayment' ? 'customer' : 'entity';
  if (!references.has('entity')) throw userError(`Please enter value(s) for: ${party}.`);
  if (type.sublists.includes('item') && !write.sublists.get('item')?.length) {
    throw userError('You must enter at least one line item for this transaction.');
  }
}

type Values = ReadonlyMap<string, string | null>;
type Ids = ReadonlyMap<string, string>;

async function insertHeader(tx: PoolClient, type: RecordType, values: Values, ids: Ids, now: Date): Promise<string> {
  const value = (column: string): string | null => values.get(column) ?? null;
  const { rows } = await tx.query<{ id: string }>(
    `insert into transaction (createddate, lastmodifieddate, type, tranid, trandate, duedate, entity, subsidiary, currency,
       exchangerate, externalid, memo, paymentmethod, payment, custbody_disputed, terms)
     select $1, $1, $2, ${headerDefaults}, $9, $10, $11, round($12::numeric, y.currencyprecision), coalesce($13::boolean, false), $14::bigint
     from customer c join currency y on y.id = coalesce($7::bigint, c.currency) where c.id = $15 returning id`,
    [
      ...[now, type.transactionType, value('tranid'), value('trandate'), value('duedate')],
      ...[ids.get('subsidiary') ?? null, ids.get('currency') ?? null, value('exchangerate'), value('externalid')],
      ...[value('memo'), value('paymentmethod'), value('payment'), value('custbody_disputed')],
      ...[ids.get('terms') ?? null, ids.get('entity')],
    ],
  );
  return rows[0]!.id;
}

async function updateHeader(tx: PoolClient, id: string, values: Values, ids: Ids, now: Date): Promise<string> {
  const columns = new Map<string, unknown>([...values, ...ids, ['lastmodifieddate', now]]);
  const sets = [...columns.keys()].map((name, n) => `${name} = $${n + 2}`);
  const sql = `update transaction set ${sets.join(', ')} where id = $1 and not voided`;
  const { rowCount } = await tx.query(sql, [id, ...columns.values()]);
  if (rowCount === 0) throw userError('This transaction has been voided and cannot be changed.');
  return id;
}

/** Without `?replace=item` an update adds its lines to those that are there, as the record API does. */
async function writeLines(tx: PoolClient, id: string, lines: readonly Line[], replace: boolean): Promise<void> {
  if (replace) await tx.query('delete from transactionline where transaction = $1', [id]);
  const references = new Map<string, Reference>();
  lines.forEach((line, n) => {
    if (line['item'] === undefined) throw userError('Please enter a value for item.');
    references.set(`i${n}`, readReference(`item.items[${n}].item`, line['item'], 'item'));
  });
  const items = await resolveReferences(tx, references);
  const rows = lines.map((line, n) => ({
    n: n + 1,
    item: items.get(`i${n}`),
    quantity: numberOf(line, n, 'quantity'),
    rate: numberOf(line, n, 'rate'),
    amount: numberOf(line, n, 'amount'),
    tax: numberOf(line, n, 'tax1Amt'),
    memo: line['description'] ?? null,
  }));
  const bare = rows.findIndex((row) => row.amount === null && row.rate === null);
  if (bare >= 0) throw invalidContent('Please enter a value for amount.', `item.items[${bare}].amount`);
  await tx.query(insertLines, [id, JSON.stringify(rows)]);
}

const insertLines = `
insert into transactionline (transaction, line, item, quantity, rate, amount, tax, memo)
select $1, base.last + l.n, l.item, coalesce(l.quantity, 1), coalesce(l.rate, round(l.amount / nullif(coalesce(l.quantity, 1), 0), 8)),
  round(coalesce(l.amount, coalesce(l.quantity, 1) * l.rate), y.currencyprecision),
  round(coalesce(l.tax, 0), y.currencyprecision), l.memo
from jsonb_to_recordset($2::jsonb) as l(n int, item bigint, quantity numeric, rate numeric, amount numeric, tax numeric, memo text)
cross join (select coalesce(max(line), 0) as last from transactionline where transaction = $1) base
cross join (select currencyprecision from currency join transaction t on t.currency = currency.id where t.id = $1) y`;

function numberOf(line: Line, n: number, name: string): string | null {
  const value: ExactJson | undefined = line[name];
  if (value === undefined || value === null) return null;
  return readNumber(`item.items[${n}].${name}`, value);
}

/** Totals and the applied amount of one document, and the rules that hold for them. */
async function total(tx: PoolClient, id: string): Promise<void> {
  const { rows } = await tx.query<{ type: string; over: boolean }>(
    `update transaction t set taxtotal = l.tax, foreigntotal = case when t.type = 'CustPymt' then coalesce(t.payment, a.applied) else l.net + l.tax end,
       applied = a.applied
     from (select coalesce(sum(amount), 0) as net, coalesce(sum(tax), 0) as tax from transactionline where transaction = $1) l,
       (select coalesce(sum(foreignamount), 0) as applied from transactionlink where previousdoc = $1 or nextdoc = $1) a
     where t.id = $1 returning t.type, a.applied > case when t.type = 'CustPymt' then coalesce(t.payment, a.applied) else l.net + l.tax end as over`,
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
