import { add, compare, periodOf, sum } from '@tieout/canonical';
import { contractEvidence } from './contract.ts';
import type { BilledLine, ContractLine, ErpOrder, Sold } from './contract.ts';
import { byText, difference, latestOf, listed } from './difference.ts';
import type { Difference } from './difference.ts';

/**
 * What was sold = what was billed + what is left to be billed, contract by contract; and line by line every invoice bills what its
 * contract says: in its currency, to its customer, each amount once, in its month.
 */
export function checkContractBilling(
  contracts: ReadonlyMap<string, Sold>,
  orders: readonly ErpOrder[],
  lines: readonly BilledLine[],
): readonly Difference[] {
  const ordersOf = Map.groupBy(orders, ({ contractId }) => contractId);
  // Where a group has lines of several invoices, the first one names the legal entity: always the same.
  const sorted = lines.toSorted((a, b) => byText(a.invoiceId, b.invoiceId));
  const linesOf = Map.groupBy(sorted, ({ contractId }) => contractId);
  return [
    ...[...contracts.values()].flatMap((contract) =>
      checkNet(contract, ordersOf.get(contract.id) ?? [], linesOf.get(contract.id) ?? []),
    ),
    ...[...linesOf].flatMap(([contractId, billed]) => {
      const contract = contracts.get(contractId);
      return contract === undefined ? withoutContract(billed) : checkLines(contract, billed);
    }),
  ];
}

/** Without exactly one order in the contract's currency there is no sum to make: `orders-crm-erp` says what is wrong. */
function checkNet(contract: Sold, orders: readonly ErpOrder[], billed: readonly BilledLine[]): readonly Difference[] {
  const [only, ...more] = orders;
  if (!contract.isActive || only === undefined || more.length > 0 || only.currency !== contract.currency) return [];
  const counted = billed.filter(({ currency }) => currency === contract.currency);
  const billedNet = sum(counted.map(({ net }) => net));
  const unbilledNet = only.isClosed ? '0' : only.rest;
  const actual = add(billedNet, unbilledNet);
  if (compare(contract.net, actual) === 0) return [];
  const evidence = {
    ...contractEvidence(contract),
    ...{ order: only.number, erp: only.vendorId, orderNet: only.net, billedNet, unbilledNet },
    ...(only.isClosed && { closedWithUnbilledNet: only.rest }),
    invoices: listed(counted.map(({ number }) => number)),
  };
  const { legalEntityId, currency } = only;
  return [
    difference({
      ...aboutContract(contract, legalEntityId, currency),
      ...{ kind: 'net', expected: contract.net, actual, evidence },
      changedAt: [contract.changedAt, latestOf([only.changedAt, ...counted.map((line) => line.changedAt)])],
    }),
  ];
}

const aboutContract = ({ id, customerId }: Sold, legalEntityId: string, currency: string) => ({
  ...({ check: 'contract-billing', objectType: 'contract', object: id } as const),
  ...{ customerId, legalEntityId, currency },
});

function checkLines(contract: Sold, billed: readonly BilledLine[]): readonly Difference[] {
  return [
    ...groupsOf(billed, ({ invoiceId }) => invoiceId).flatMap((lines) => checkInvoice(contract, lines)),
    ...groupsOf(billed, ({ billingId }) => billingId).flatMap((lines) => {
      const agreed = contract.lines.get(lines[0].billingId ?? '');
      return agreed === undefined ? [] : checkTwice(contract, agreed, lines);
    }),
  ];
}

type Lines = readonly [BilledLine, ...BilledLine[]];

/** Groups of lines; none is empty. */
const groupsOf = (lines: readonly BilledLine[], by: (line: BilledLine) => string | null): readonly Lines[] => [
  ...(Map.groupBy(lines, by) as unknown as Map<string | null, Lines>).values(),
];

/** One break per invoice and kind, however many of its lines are concerned. */
function checkInvoice(contract: Sold, lines: Lines): readonly Difference[] {
  const [{ currency, customerId, date }] = lines;
  const found: { kind: string; expected: string | null; actual: string | null }[] = [];
  if (contract.currency !== null && currency !== contract.currency)
    found.push({ kind: 'currency', expected: contract.currency, actual: currency });
  if (customerId !== contract.customerId)
    found.push({ kind: 'customer', expected: contract.customerId, actual: customerId });
  const month = periodOf(date);
  const agreed = lines.flatMap(({ billingId }) => contract.lines.get(billingId ?? '') ?? []);
  const months = agreed.map(({ billOn }) => periodOf(billOn)).filter((one) => one !== month);
  if (months.length > 0) found.push({ kind: 'period', expected: listed(months), actual: month });
  const unknown = lines.flatMap(({ billingId }) =>
    billingId === null || contract.lines.has(billingId) ? [] : [billingId],
  );
  if (unknown.length > 0) found.push({ kind: 'unknown-billing', expected: null, actual: listed(unknown) });
  return found.map((one) =>
    difference({
      ...aboutInvoice(lines),
      ...one,
      changedAt: [contract.changedAt, latestOf(lines.map((line) => line.changedAt))],
      evidence: { ...invoiceEvidence(lines), contract: contract.number ?? '', crm: contract.vendorId },
    }),
  );
}

/** Billing a contract that the CRM does not know: nobody can say what was sold. */
function withoutContract(billed: readonly BilledLine[]): readonly Difference[] {
  return groupsOf(billed, ({ invoiceId }) => invoiceId).map((lines) =>
    difference({
      ...aboutInvoice(lines),
      ...{ kind: 'unknown-contract', expected: null, actual: lines[0].contractId },
      changedAt: [latestOf(lines.map((line) => line.changedAt))],
      evidence: invoiceEvidence(lines),
    }),
  );
}

const aboutInvoice = ([{ invoiceId, legalEntityId, customerId, currency }]: Lines) => ({
  ...({ check: 'contract-billing', objectType: 'invoice', object: invoiceId } as const),
  ...{ legalEntityId, customerId, currency },
});

const invoiceEvidence = (lines: Lines): Record<string, string> => {
  const [{ number, date, vendorId, vendorCustomerId }] = lines;
  return { number, date, erp: vendorId, erpCustomer: vendorCustomerId ?? '', net: sum(lines.map(({ net }) => net)) };
};

/**
 * An amount that more than one invoice line bills, unless they are parts of it: all in the contract's currency and together no more
 * than what was agreed.
 */
function checkTwice(contract: Sold, agreed: ContractLine, lines: Lines): readonly Difference[] {
  if (lines.length < 2) return [];
  const billed = sum(lines.map(({ net }) => net));
  const inCurrency = lines.every(({ currency }) => currency === contract.currency);
  if (inCurrency && compare(magnitude(billed), magnitude(agreed.net)) <= 0) return [];
  const [{ legalEntityId, currency }] = lines;
  return [
    difference({
      ...aboutContract(contract, legalEntityId, contract.currency ?? currency),
      ...{ objectType: 'contract-line', object: agreed.billingId, kind: 'duplicate' },
      ...{ expected: '1', actual: String(lines.length) },
      changedAt: [contract.changedAt, latestOf(lines.map((line) => line.changedAt))],
      evidence: {
        ...{ contract: contract.number ?? '', crm: agreed.vendorId, billOn: agreed.billOn, agreedNet: agreed.net },
        invoices: listed(lines.map(({ number, date }) => `${number} (${date})`)),
        erp: listed(lines.map(({ vendorId }) => vendorId)),
        billed: listed(lines.map(({ net, currency: each, number }) => `${number}: ${net} ${each}`)),
      },
    }),
  ];
}

const magnitude = (amount: string): string => amount.replace(/^-/, '');
