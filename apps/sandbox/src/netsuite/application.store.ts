import type { PoolClient } from 'pg';
import { resolveReferences } from './database.store.ts';
import { invalidContent, userError } from './problem.ts';
import { readBoolean, readNumber, readReference, type Line, type Reference } from './record-body.ts';

/**
 * Sets which invoices a payment or credit memo pays, or which credits and payments a refund pays out. The sublist is keyed by document: lines sent replace lines of the
 * same document, others stay unless the caller replaces the sublist. An invoice moves only if its amount changed.
 */
export async function applyPayments(
  tx: PoolClient,
  payment: string,
  lines: readonly Line[],
  replace: boolean,
  now: Date,
): Promise<void> {
  const wanted = await readApplications(tx, lines);
  const { rows: before } = await tx.query<Link>(linksOf, [payment]);
  const touched = new Set([...wanted.keys(), ...(replace ? before.map((link) => link.doc) : [])]);
  if (touched.size === 0) return;
  const docs = [...touched];
  // Locked in id order: two payments over the same invoices wait for each other and never deadlock.
  await tx.query('select id from transaction where id = any($1::bigint[]) order by id for update', [docs]);
  await tx.query('delete from transactionlink where nextdoc = $1 and previousdoc = any($2::bigint[])', [payment, docs]);
  const keep = [...wanted].filter(([, amount]) => amount !== 'none').map(([doc, amount]) => ({ doc, amount }));
  const { rowCount } = await tx.query(insertLinks, [payment, JSON.stringify(keep)]);
  if (rowCount !== keep.length)
    throw userError('A document to apply to is not an open one of this customer in this currency.');
  const { rows: after } = await tx.query<Link>(linksOf, [payment]);
  await settleInvoices(tx, changedDocuments(before, after), now);
}

interface Link {
  readonly doc: string;
  readonly amount: string;
}

const linksOf = `select previousdoc as doc, foreignamount as amount from transactionlink where nextdoc = $1`;

/** Payments and credits settle invoices, refunds settle credits and payments. An amount left out means: whatever is still open. The link that was just removed does not count as applied. */
const insertLinks = `
insert into transactionlink (previousdoc, nextdoc, foreignamount)
select i.id, p.id, coalesce(round(w.amount, y.currencyprecision), i.foreigntotal - coalesce(a.applied, 0))
from jsonb_to_recordset($2::jsonb) as w(doc bigint, amount numeric)
join transaction p on p.id = $1
join transaction i on i.id = w.doc and not i.voided
  and case p.type when 'CustRfnd' then i.type in ('CustCred', 'CustPymt') else i.type = 'CustInvc' end and i.entity = p.entity and i.currency = p.currency
join currency y on y.id = p.currency
left join lateral (select sum(foreignamount) as applied from transactionlink where i.id in (previousdoc, nextdoc)) a on true`;

/** Map of invoice id to amount; null asks for the open amount, 'none' takes the application away. */
async function readApplications(tx: PoolClient, lines: readonly Line[]): Promise<Map<string, string | null>> {
  const references = new Map<string, Reference>();
  lines.forEach((line, n) => {
    if (line['doc'] === undefined) throw invalidContent('Please enter a value for doc.', `apply.items[${n}].doc`);
    references.set(String(n), readReference(`apply.items[${n}].doc`, line['doc'], 'transaction'));
  });
  const ids = await resolveReferences(tx, references);
  const wanted = new Map<string, string | null>();
  lines.forEach((line, n) => wanted.set(ids.get(String(n))!, amountOf(line, n)));
  return wanted;
}

function amountOf(line: Line, n: number): string | null {
  if (!readBoolean(`apply.items[${n}].apply`, line['apply'] ?? true)) return 'none';
  const amount = line['amount'];
  if (amount === undefined || amount === null) return null;
  const text = readNumber(`apply.items[${n}].amount`, amount);
  if (text.startsWith('-')) throw userError('The amount to apply must not be negative.');
  return text;
}

function changedDocuments(before: readonly Link[], after: readonly Link[]): string[] {
  const amounts = new Map(before.map(({ doc, amount }) => [doc, amount]));
  const changed = after.filter(({ doc, amount }) => amounts.get(doc) !== amount).map(({ doc }) => doc);
  const left = new Set(after.map(({ doc }) => doc));
  return [...changed, ...before.filter(({ doc }) => !left.has(doc)).map(({ doc }) => doc)];
}

/** Recomputes what was applied to the documents and moves their last-modified date. */
export async function settleInvoices(tx: PoolClient, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await tx.query<{ tranid: string; over: boolean }>(
    `update transaction t set applied = a.applied, lastmodifieddate = $2
     from (select i.id, coalesce(sum(k.foreignamount), 0) as applied from unnest($1::bigint[]) as i(id)
           left join transactionlink k on i.id in (k.previousdoc, k.nextdoc) group by i.id) a
     where t.id = a.id returning t.tranid, a.applied > t.foreigntotal as over`,
    [ids, now],
  );
  const over = rows.find((row) => row.over);
  if (over) throw userError(`You cannot apply more than the amount due of ${over.tranid}.`);
}
