import {
  ORDER_HEADER_FIELDS,
  ORDER_LINE_FIELDS,
  type AskedOrder,
  type OrderContentLine,
  type OrderDifference,
  type StandingOrder,
} from '@tieout/connector-erp';

/** The record that is sent: a new order, or what differs of one that stands. Amounts are text, lines in the schedule's order. */
export function orderBody(
  { content, vendor }: AskedOrder,
  standing: StandingOrder | null,
  differences: readonly OrderDifference[],
): object {
  const header: Readonly<Record<(typeof ORDER_HEADER_FIELDS)[number], object>> = {
    contractId: { custbody_contract: content.contractId },
    reference: { otherRefNum: content.reference },
    customerId: { entity: { externalId: content.customerId } },
    subsidiaryId: { subsidiary: { id: content.subsidiaryId } },
    currency: { currency: { id: vendor['currencyId'] } },
    orderDate: { tranDate: content.orderDate },
  };
  const keys = new Map(standing?.content.lines.map(({ billingId }, n) => [billingId, standing.lines[n]!.key]));
  const sent = ORDER_HEADER_FIELDS.filter((field) => standing === null || differences.some((d) => d.field === field));
  const items = content.lines.map((line) => {
    const key = keys.get(line.billingId);
    if (key === undefined) return wholeLine(line);
    const fields = new Set(differences.filter((d) => d.line === line.billingId).map(({ field }) => field));
    return { line: Number(key), ...changedFields(line, fields) };
  });
  // Always with its lines: the sublist is sent to replace what stands, and a line is kept by naming its key.
  return Object.assign({}, ...sent.map((field) => header[field]), { item: { items } }) as object;
}

function wholeLine(line: OrderContentLine): object {
  return { ...changedFields(line, new Set(ORDER_LINE_FIELDS)), custcol_billing_id: line.billingId };
}

/** Quantity, rate and amount go together: NetSuite would make the third of any two. */
function changedFields(line: OrderContentLine, fields: ReadonlySet<string>): object {
  const amounts = fields.has('quantity') || fields.has('net');
  return {
    ...(fields.has('itemId') ? { item: { id: line.itemId } } : {}),
    ...(amounts ? { quantity: line.quantity, rate: line.unitPrice, amount: line.net } : {}),
    ...(fields.has('description') && line.description !== null ? { description: line.description } : {}),
    ...(fields.has('billOn') ? { custcol_bill_on: line.billOn } : {}),
  };
}
