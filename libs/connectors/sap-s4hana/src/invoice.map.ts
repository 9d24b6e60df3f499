import { compare, isZero, sum, type DecimalString, type Invoice } from '@tieout/canonical';
import { mustEqual, fateOf, refuse, type Mapped } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';
import { billingOf, type Billing, type BillingRecord } from './billing.map.ts';
import { idOf, sourceOf, type Origin } from './identity.ts';
import { invoiceSettlement } from './settlement.ts';

export interface DocumentRules {
  readonly isPayment: (item: AccountItem) => boolean;
  /** Dunning blocks that say that the customer disputes. */
  readonly disputeBlocks: readonly string[];
}

/**
 * An invoice (or what cancels a credit memo) whose items add up to its totals, its postings to its gross amount, and what settled
 * it and what is open to that again.
 */
export function mapInvoice(
  record: BillingRecord,
  origin: Origin,
  rules: DocumentRules,
): Mapped<Omit<Invoice, 'revision'>> {
  return fateOf(() => {
    const billing = billingOf(record);
    const { header, net, tax, gross, items } = billing;
    const [id, account] = [header.BillingDocument, header.SoldToParty];
    const amounts = amountsOf(record, billing, rules);
    return {
      invoiceId: idOf('BillingDocument', origin, id),
      lifecycle: lifecycleOf(billing, amounts.open),
      number: id,
      legalEntityId: idOf('CompanyCode', origin, header.CompanyCode),
      customerAccountId: account === null ? null : idOf('Customer', origin, account),
      customerId: record.customers.get(account ?? '') ?? null,
      contractId: billing.contractId,
      currency: header.TransactionCurrency,
      issueDate: header.BillingDocumentDate,
      dueDate: items.find(({ dueDate }) => dueDate !== null)?.dueDate ?? null,
      period: billing.period,
      ...{ net, tax, gross },
      ...amounts,
      disputed: isDisputed(billing, rules.disputeBlocks),
      lines: [...billing.lines],
      reversalOf: reversed(billing, origin),
      source: sourceOf('BillingDocument', origin, id, header.LastChangeDateTime),
    };
  });
}

function isDisputed({ header, items }: Billing, blocks: readonly string[]): boolean {
  const stated = [header.DunningBlockingReason, ...items.map(({ dunningBlock }) => dunningBlock)];
  return stated.some((block) => block !== null && blocks.includes(block));
}

function lifecycleOf({ isVoid, items }: Billing, open: DecimalString): Invoice['lifecycle'] {
  if (isVoid) return 'VOIDED';
  // An invoice of nothing posts nothing.
  if (isZero(open)) return 'PAID';
  return items.length === 0 ? 'PENDING' : 'OPEN';
}

/** Only what cancels a credit memo reverses something here. */
function reversed({ header }: Billing, origin: Origin): string | null {
  const other = header.SDDocumentCategory === 'S' ? header.CancelledBillingDocument : null;
  return other === null ? null : idOf('BillingDocument', origin, other);
}

/** A cancelled invoice was settled by what cancels it. */
function amountsOf(
  { account }: BillingRecord,
  { gross, items, isVoid }: Billing,
  { isPayment }: DocumentRules,
): Pick<Invoice, 'paid' | 'credited' | 'open'> {
  if (isVoid) return { paid: '0', credited: gross, open: '0' };
  if (items.length === 0) return { paid: '0', credited: '0', open: gross };
  mustEqual('postings', sum(items.map(({ amount }) => amount)), gross);
  const { paid, credited, open } = invoiceSettlement(account, items, isPayment);
  mustEqual('settled and open', sum([paid, credited, open]), gross);
  if (compare(open, '0') < 0)
    refuse('does-not-add-up', 'open amount', `more is applied than was billed: ${open} is open`);
  return { paid, credited, open };
}
