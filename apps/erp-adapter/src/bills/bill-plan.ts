import { compare, type ErpCommand } from '@tieout/canonical';
import type { StandingOrder } from '@tieout/connector-erp';

/** The order's lines that are to be billed, or why they are not. */
export type BillPlan =
  | { readonly kind: 'bill'; readonly date: string; readonly lines: readonly string[] }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/**
 * A bill takes whole lines as they stand. A line that is billed already, was closed, or stands otherwise than the command says is a matter
 * for people: half a bill is no bill.
 */
export function planBill({ lines, invoiceDate }: ErpCommand, order: StandingOrder): BillPlan {
  const refuse = (code: string, message: string): BillPlan => ({ kind: 'refused', code, message });
  if (invoiceDate === null) return refuse('no-invoice-date', 'the command states no date of the invoice');
  if (lines.length === 0) return refuse('nothing-to-bill', 'the command names no line');
  if (order.status !== 'open') return refuse('order-closed', `order ${order.number} is ${order.status}`);
  const keys: string[] = [];
  for (const line of lines) {
    const at = order.content.lines.findIndex(({ billingId }) => billingId === line.billingId);
    const [content, standing] = [order.content.lines[at], order.lines[at]];
    const name = `line ${line.billingId}${line.description === null ? '' : ` (${line.description})`}`;
    if (content === undefined || standing === undefined)
      return refuse('unknown-line', `order ${order.number} has no ${name}`);
    if (compare(standing.billedNet, '0') !== 0)
      return refuse('billed-line', `${name} of order ${order.number} is billed with ${standing.billedNet} already`);
    if (standing.closed) return refuse('line-closed', `${name} of order ${order.number} is closed`);
    if (compare(content.net, line.net) !== 0)
      return refuse(
        'line-differs',
        `${name} of order ${order.number} is ${content.net} net, and ${line.net} is to be billed`,
      );
    keys.push(standing.key);
  }
  if (new Set(keys).size < keys.length) return refuse('line-twice', 'the command names a line twice');
  return { kind: 'bill', date: invoiceDate, lines: keys };
}
