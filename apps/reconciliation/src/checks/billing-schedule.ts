import { compare, periodOf, sum } from '@tieout/canonical';
import type { BilledLine, ContractLine, ErpOrder, Sold } from './contract.ts';
import { addDays, daysBetween } from './days.ts';
import { byText, difference, latestOf, listed } from './difference.ts';
import type { Difference } from './difference.ts';

export interface BillingCalendar {
  /** YYYY-MM-DD: what is scheduled later need not be billed. */
  readonly today: string;
  /** Days before and after the scheduled one in which a bill may be dated, and after which one is missing. */
  readonly toleranceDays: number;
}

/**
 * Scheduled amount by scheduled amount of the contracts in force: billed by its day, in full, not early and not late; and nothing
 * beside the schedule after the contract's end. What `contract-billing` and `orders-crm-erp` say is not said again: another month,
 * customer or currency, more than the amount by several lines, a contract without an order or with a closed one.
 */
export function checkBillingSchedule(
  contracts: ReadonlyMap<string, Sold>,
  orders: readonly ErpOrder[],
  lines: readonly BilledLine[],
  calendar: BillingCalendar,
): readonly Difference[] {
  const ordersOf = Map.groupBy(orders, ({ contractId }) => contractId);
  const sorted = lines.toSorted((a, b) => byText(orderOf(a), orderOf(b)));
  const linesOf = Map.groupBy(sorted, ({ contractId }) => contractId);
  return [...contracts.values()].flatMap((contract) => {
    const billed = linesOf.get(contract.id) ?? [];
    const late = afterEnd(contract, billed, calendar);
    if (!contract.isActive) return late;
    const order = (ordersOf.get(contract.id) ?? []).toSorted((a, b) => byText(a.id, b.id)).at(0);
    const byBilling = Map.groupBy(billed, ({ billingId }) => billingId);
    return [
      ...late,
      ...[...contract.lines.values()].flatMap((agreed) =>
        checkAmount({ contract, agreed, order, calendar }, byBilling.get(agreed.billingId) ?? []),
      ),
    ];
  });
}

const orderOf = ({ date, invoiceId, net }: BilledLine): string => `${date} ${invoiceId} ${net}`;

interface Scheduled {
  readonly contract: Sold;
  readonly agreed: ContractLine;
  readonly order: ErpOrder | undefined;
  readonly calendar: BillingCalendar;
}

function checkAmount(scheduled: Scheduled, billed: readonly BilledLine[]): readonly Difference[] {
  const { contract, agreed, order, calendar } = scheduled;
  const willBeBilled = order !== undefined && !order.isClosed;
  const isDue = willBeBilled && addDays(agreed.billOn, calendar.toleranceDays) < calendar.today;
  if (billed.length === 0)
    return isDue && compare(agreed.net, '0') !== 0 ? [said(scheduled, billed, 'missing', agreed.net, null)] : [];
  if (billed.some(({ currency }) => currency !== contract.currency)) return [];
  const net = sum(billed.map((line) => line.net));
  const more = compare(magnitude(net), magnitude(agreed.net));
  const isWrong = more < 0 ? isDue : more > 0 ? billed.length === 1 : compare(net, agreed.net) !== 0;
  return [
    ...(isWrong ? [said(scheduled, billed, 'amount', agreed.net, net)] : []),
    ...offDay(scheduled, billed, 'early', (days) => days < -calendar.toleranceDays),
    ...offDay(scheduled, billed, 'late', (days) => days > calendar.toleranceDays),
  ];
}

/** Bills of the scheduled month; of another month `contract-billing` tells. */
function offDay(
  scheduled: Scheduled,
  billed: readonly BilledLine[],
  kind: 'early' | 'late',
  isOff: (days: number) => boolean,
): readonly Difference[] {
  const { billOn } = scheduled.agreed;
  const off = billed.filter(({ date }) => periodOf(date) === periodOf(billOn) && isOff(daysBetween(billOn, date)));
  if (off.length === 0) return [];
  return [said(scheduled, off, kind, billOn, listed(off.map(({ date }) => date)))];
}

function said(
  { contract, agreed, order, calendar }: Scheduled,
  billed: readonly BilledLine[],
  kind: string,
  expected: string | null,
  actual: string | null,
): Difference {
  return difference({
    ...{ check: 'billing-schedule', kind, objectType: 'contract-line', object: agreed.billingId },
    legalEntityId: billed[0]?.legalEntityId ?? order?.legalEntityId ?? null,
    ...{ customerId: contract.customerId, currency: contract.currency, expected, actual },
    changedAt: [
      latestOf([contract.changedAt, agreed.changedAt]),
      ...(billed.length > 0 ? [latestOf(billed.map((line) => line.changedAt))] : []),
    ],
    evidence: {
      ...{ contract: contract.number ?? '', crm: agreed.vendorId, billOn: agreed.billOn, scheduledNet: agreed.net },
      ...{ contractId: contract.id, order: order?.number ?? '', asOf: calendar.today },
      invoices: listed(billed.map(({ number, date }) => `${number} (${date})`)),
    },
  });
}

/** Bills that name the contract and no amount of its schedule, dated after its end. */
function afterEnd(contract: Sold, billed: readonly BilledLine[], calendar: BillingCalendar): readonly Difference[] {
  const { endsOn } = contract;
  if (endsOn === null) return [];
  const limit = addDays(endsOn, calendar.toleranceDays);
  const beside = billed.filter(({ billingId, date }) => billingId === null && date > limit);
  return [...Map.groupBy(beside, ({ invoiceId }) => invoiceId)].map(([invoiceId, lines]) => {
    const [{ legalEntityId, customerId, currency, date, number, vendorId }] = lines as [BilledLine];
    return difference({
      ...{ check: 'billing-schedule', kind: 'after-end', objectType: 'invoice', object: invoiceId },
      ...{ legalEntityId, customerId, currency, expected: endsOn, actual: date },
      changedAt: [contract.changedAt, latestOf(lines.map((line) => line.changedAt))],
      evidence: {
        ...{ contract: contract.number ?? '', crm: contract.vendorId, number, erp: vendorId },
        net: sum(lines.map(({ net }) => net)),
      },
    });
  });
}

const magnitude = (amount: string): string => amount.replace(/^-/, '');
