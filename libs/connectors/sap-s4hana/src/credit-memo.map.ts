import { isZero, negate, sum, type CreditMemo } from '@tieout/canonical';
import { mustEqual, fateOf, type Mapped } from '@tieout/connector-erp';
import { allocationsOf } from './allocation.ts';
import { billingOf, type Billing, type BillingRecord } from './billing.map.ts';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { DocumentRules } from './invoice.map.ts';
import { creditSettlement, paidOut } from './settlement.ts';

/** A credit memo, or the document that cancels an invoice: what it settles and what is left of it add up to its gross amount. */
export function mapCreditMemo(
  record: BillingRecord,
  origin: Origin,
  rules: DocumentRules,
): Mapped<Omit<CreditMemo, 'revision'>> {
  return fateOf(() => {
    const billing = billingOf(record);
    const { header, net, tax, gross } = billing;
    const [id, account] = [header.BillingDocument, header.SoldToParty];
    const settled = settlementOf(record, billing, origin, rules);
    return {
      creditMemoId: idOf('BillingDocument', origin, id),
      lifecycle: billing.isVoid ? 'VOIDED' : isZero(settled.unapplied) ? 'APPLIED' : 'OPEN',
      number: id,
      legalEntityId: idOf('CompanyCode', origin, header.CompanyCode),
      customerAccountId: account === null ? null : idOf('Customer', origin, account),
      customerId: record.customers.get(account ?? '') ?? null,
      contractId: billing.contractId,
      currency: header.TransactionCurrency,
      issueDate: header.BillingDocumentDate,
      period: billing.period,
      ...{ net, tax, gross },
      ...settled,
      lines: [...billing.lines],
      reversalOf: invoiceBefore(billing, origin),
      source: sourceOf('BillingDocument', origin, id, header.LastChangeDateTime),
    };
  });
}

type Settled = Pick<CreditMemo, 'applied' | 'refunded' | 'unapplied' | 'allocations'>;

function settlementOf(
  { account }: BillingRecord,
  { header, gross, items, isVoid }: Billing,
  origin: Origin,
  { isPayment }: DocumentRules,
): Settled {
  // The two documents of a cancellation settle each other.
  if (isVoid) return { applied: gross, refunded: '0', unapplied: '0', allocations: cancelled(header, gross, origin) };
  if (items.length === 0) return { applied: '0', refunded: '0', unapplied: gross, allocations: [] };
  mustEqual('postings', negate(sum(items.map(({ amount }) => amount))), gross);
  const { refunded, ...settlement } = paidOut(creditSettlement(account, items), isPayment);
  const allocations = allocationsOf(settlement, account, origin);
  const applied = sum(allocations.map(({ amount }) => amount));
  mustEqual('applied, paid out and left', sum([applied, refunded, settlement.unapplied]), gross);
  return { applied, refunded, unapplied: settlement.unapplied, allocations };
}

function cancelled(
  { SDDocumentCategory, CancelledBillingDocument: other }: Billing['header'],
  amount: string,
  origin: Origin,
): CreditMemo['allocations'] {
  if (SDDocumentCategory !== 'N' || other === null) return [];
  return [{ invoiceId: idOf('BillingDocument', origin, other), amount }];
}

/** The invoice that it cancels, or the one that all its items were made from. */
function invoiceBefore({ header }: Billing, origin: Origin): string | null {
  if (header.SDDocumentCategory === 'N' && header.CancelledBillingDocument !== null)
    return idOf('BillingDocument', origin, header.CancelledBillingDocument);
  const before = new Set(
    header.to_Item.map((item) => (item.ReferenceSDDocumentCategory === 'M' ? item.ReferenceSDDocument : null)),
  );
  const [invoice = null] = before;
  return before.size === 1 && invoice !== null ? idOf('BillingDocument', origin, invoice) : null;
}
