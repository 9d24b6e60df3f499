import { compare, isZero, subtract, type DecimalString } from '@tieout/canonical';
import type {
  AskedOrder,
  OrderContent,
  OrderContentLine,
  OrderDifference,
  OrderPlan,
  OrderRefusal,
  StandingOrder,
} from './order.ts';

/** A difference, and what keeps us from writing it: somebody else's hand, or a bill. */
interface Finding extends OrderDifference {
  readonly foreign: boolean;
  readonly billed: boolean;
}

/**
 * What is to be done so that the ERP holds the order as asked. `written` is what we may have put there: what was written last
 * and every attempt without an answer since; empty before the first. What somebody else changed is reported and not
 * overwritten, and nothing is asked of a line that its bills forbid.
 */
export function planOrder(
  asked: AskedOrder,
  standing: StandingOrder | null,
  written: readonly OrderContent[],
): OrderPlan {
  if (standing === null) return { kind: 'create' };
  const found = [
    ...headerFindings(asked.content, standing.content, written),
    ...lineFindings(asked.content, standing, written),
  ];
  const differences = found.map(({ foreign: _f, billed: _b, ...difference }) => difference);
  const refusal = refusalOf(standing, found);
  if (refusal) return { kind: 'refused', refusal, differences };
  if (found.length === 0) return { kind: 'done' };
  return { kind: 'change', differences };
}

function refusalOf({ status, number }: StandingOrder, found: readonly Finding[]): OrderRefusal | null {
  if (status === 'cancelled' || status === 'closed')
    return { code: 'order-closed', message: `order ${number} was ${status} in the ERP` };
  const foreign = found.filter((finding) => finding.foreign);
  if (foreign.length > 0)
    return { code: 'foreign-edit', message: `order ${number} was changed in the ERP: ${inWords(foreign)}` };
  const billed = found.filter((finding) => finding.billed);
  if (billed.length > 0)
    return { code: 'billed-line', message: `order ${number} was billed and cannot follow: ${inWords(billed)}` };
  return null;
}

function inWords(found: readonly Finding[]): string {
  const words = found.slice(0, 3).map(({ field, line, theirs, ours }) => {
    const place = line === null ? field : `${field} of line ${line}`;
    return `${place} is ${theirs ?? 'nothing'} and should be ${ours ?? 'nothing'}`;
  });
  return [...words, ...(found.length > 3 ? [`and ${found.length - 3} more`] : [])].join('; ');
}

export const ORDER_HEADER_FIELDS = [
  'contractId',
  'reference',
  'customerId',
  'subsidiaryId',
  'currency',
  'orderDate',
] as const;

function headerFindings(ours: OrderContent, theirs: OrderContent, written: readonly OrderContent[]): Finding[] {
  return ORDER_HEADER_FIELDS.filter((field) => theirs[field] !== ours[field]).map((field) => ({
    ...{ field, line: null, theirs: theirs[field], ours: ours[field], billed: false },
    foreign: written.length > 0 && written.every((content) => theirs[field] !== content[field]),
  }));
}

function lineFindings(ours: OrderContent, standing: StandingOrder, written: readonly OrderContent[]): Finding[] {
  const asked = byBilling(ours);
  const earlier = written.map(byBilling);
  const seen = new Set<string>();
  const found = standing.content.lines.flatMap((theirs, n) => {
    const { key, billedNet, closed } = standing.lines[n]!;
    const { billingId } = theirs;
    // Not one of the schedule's, or the same one again: put there by somebody else.
    if (billingId === null || seen.has(billingId))
      return [lineAsWhole(billingId ?? key, theirs.net, null, { foreign: true })];
    seen.add(billingId);
    const before = earlier.flatMap((lines) => lines.get(billingId) ?? []);
    const billed = !isZero(billedNet);
    const line = asked.get(billingId);
    if (line === undefined) {
      const foreign =
        written.length > 0 && !before.some((l) => ORDER_LINE_FIELDS.every((field) => sameField(field, theirs, l)));
      return [lineAsWhole(billingId, theirs.net, null, { foreign, billed })];
    }
    const open = closed && compare(billedNet, theirs.net) !== 0;
    return [
      ...fieldFindings(billingId, line, theirs, before, billed),
      ...(open ? [{ field: 'closed', line: billingId, theirs: 'T', ours: 'F', foreign: true, billed: false }] : []),
    ];
  });
  const absent = [...asked].flatMap(([billingId, { net }]) => {
    const foreign = earlier.length > 0 && earlier.every((lines) => lines.has(billingId));
    return seen.has(billingId) ? [] : [lineAsWhole(billingId, null, net, { foreign })];
  });
  return [...found, ...absent];
}

function byBilling(content: OrderContent): Map<string, OrderContentLine> {
  return new Map(content.lines.flatMap((line) => (line.billingId === null ? [] : [[line.billingId, line] as const])));
}

function lineAsWhole(
  line: string,
  theirs: DecimalString | null,
  ours: DecimalString | null,
  { foreign, billed = false }: { readonly foreign: boolean; readonly billed?: boolean },
): Finding {
  return { field: 'line', line, theirs, ours, foreign, billed };
}

export const ORDER_LINE_FIELDS = ['billOn', 'itemId', 'description', 'quantity', 'net'] as const;
type LineField = (typeof ORDER_LINE_FIELDS)[number];
/** What a bill has taken over; a date or a text may still change. */
const fixedByBills: ReadonlySet<LineField> = new Set(['itemId', 'quantity', 'net']);

function fieldFindings(
  line: string,
  ours: OrderContentLine,
  theirs: OrderContentLine,
  before: readonly OrderContentLine[],
  billed: boolean,
): Finding[] {
  return ORDER_LINE_FIELDS.filter((field) => !sameField(field, theirs, ours)).map((field) => ({
    ...{ field, line, theirs: theirs[field], ours: ours[field], billed: billed && fixedByBills.has(field) },
    foreign: before.length > 0 && before.every((earlier) => !sameField(field, theirs, earlier)),
  }));
}

function sameField(field: LineField, theirs: OrderContentLine, ours: OrderContentLine): boolean {
  const [a, b] = [theirs[field], ours[field]];
  // Without a text of ours the ERP puts the item's own.
  if (field === 'description' && b === null) return true;
  if (a !== null && b !== null && field === 'quantity') return isNear(a, b);
  if (a !== null && b !== null && field === 'net') return compare(a, b) === 0;
  return a === b;
}

/** How many decimals of a quantity an ERP keeps is its own affair; the amount, which counts, is compared to the digit. */
function isNear(a: DecimalString, b: DecimalString): boolean {
  const apart = subtract(a, b);
  return compare(apart, '0.00001') < 0 && compare(apart, '-0.00001') > 0;
}
