import { addMonths, firstDayOf } from '@tieout/canonical';
import type { TotalRead } from '@tieout/connector-erp';
import type { SapClient } from './client.ts';
import { byMonth, controlTotalIdOf, mapControlTotal, type GroupTotals, type TotalGroup } from './control-total.map.ts';
import type { Origin } from './identity.ts';
import { and, anyOf, date, eq, flag, ge, lt } from './literals.ts';
import type { SapMappingConfig } from './mapping-config.ts';
import { allRows } from './rows.client.ts';
import { SERVICES } from './services.ts';

const LEDGER = [SERVICES.ledger, 'GLAccountLineItem'] as const;
const DOCUMENT = ['CompanyCode', 'FiscalYear', 'AccountingDocument'];

/** Document types of the postings of billing. */
const BILLING_TYPES = ['RV'];

type Config = Pick<SapMappingConfig, 'leadingLedger' | 'paymentDocumentTypes'>;

/**
 * What the general ledger itself sums up of customers' accounts. The service adds up whatever is selected, so invoices are the
 * debits of billing and payments the items of payments; reversed and reversing documents are left out.
 */
export async function totals(
  client: SapClient,
  origin: Origin,
  config: Config,
  signal: AbortSignal,
): Promise<readonly TotalRead[]> {
  const found = await Promise.all(
    (['invoice', 'payment'] as const).map((object) => totalsOf(client, object, config, signal)),
  );
  return found.flat().map((group) => ({
    key: controlTotalIdOf(group, origin),
    group: [group.object, group.companyCode, group.period, group.currency].join('/'),
    mapped: mapControlTotal(group, origin),
  }));
}

async function totalsOf(
  client: SapClient,
  object: TotalGroup['object'],
  config: Config,
  signal: AbortSignal,
): Promise<GroupTotals[]> {
  const query = {
    select: ['CompanyCode', 'TransactionCurrency', 'PostingDate', 'AmountInTransactionCurrency'],
    filter: and(...postings(object, config)),
    orderBy: ['CompanyCode', 'TransactionCurrency', 'PostingDate'],
  };
  const groups = byMonth(object, await allRows(client, LEDGER, query, { signal, use: 'backfill' }));
  return Promise.all(groups.map(async (group) => ({ ...group, count: await countOf(client, group, config, signal) })));
}

function postings(object: TotalGroup['object'], { leadingLedger, paymentDocumentTypes }: Config): string[] {
  const types = object === 'invoice' ? BILLING_TYPES : paymentDocumentTypes;
  return [
    eq('SourceLedger', leadingLedger),
    eq('FinancialAccountType', 'D'),
    anyOf('AccountingDocumentType', types),
    eq('IsReversal', flag(false)),
    eq('IsReversed', flag(false)),
    ...(object === 'invoice' ? [eq('DebitCreditCode', 'S')] : []),
  ];
}

/** How many documents SAP counts when it is to list them by their key. */
async function countOf(client: SapClient, group: TotalGroup, config: Config, signal: AbortSignal): Promise<number> {
  const { object, companyCode, period, currency } = group;
  const filter = and(
    ...postings(object, config),
    eq('CompanyCode', companyCode),
    eq('TransactionCurrency', currency),
    ge('PostingDate', date(firstDayOf(period))),
    lt('PostingDate', date(firstDayOf(addMonths(period, 1)))),
  );
  const query = { select: DOCUMENT, filter, orderBy: DOCUMENT, top: 1, count: true };
  const { count, rows } = await client.page(...LEDGER, query, { signal, use: 'backfill' });
  return count ?? rows.length;
}
