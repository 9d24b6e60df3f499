import { canonicalId } from '@tieout/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billedLine, contract, contractLine, erpDocument, noSides, noTopic, order } from '../../test/sides.ts';
import type { BilledLine, Contract, ContractLine, ErpOrder } from './contract.ts';
import { breakIdOf } from './difference.ts';
import { evaluate } from './evaluate.ts';
import type { PublishedCell } from './forecast.ts';
import type { Sides } from './sides.ts';

const id = (prefix: string) => fc.integer({ min: 1, max: 4 }).map((n) => `${prefix}${n}`);
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { freq: 8 });
const net = fc.constantFrom('0', '0.01', '20.01', '80', '100.01');
const currency = fc.constantFrom('CHF', 'EUR');
const month = fc.constantFrom('2026-03', '2026-04');
const day = month.map((one) => `${one}-15`);
const changedAt = orNull(fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'));

const contracts = fc.uniqueArray(
  fc.record({ id: id('c'), isActive: fc.boolean(), currency, customerId: orNull(id('cust')), changedAt }),
  { selector: (one) => one.id },
);
const contractLines = fc.uniqueArray(
  fc.record({ billingId: id('b'), contractId: id('c'), net, billOn: day, changedAt }),
  { selector: (one) => one.billingId },
);
const orders = fc.uniqueArray(
  fc.record({
    ...{ id: id('o'), contractId: orNull(id('c')), currency, rest: net, isClosed: fc.boolean() },
    ...{ customerId: orNull(id('cust')), legalEntity: fc.constantFrom('CH', 'DE'), changedAt },
  }),
  { selector: (one) => one.id },
);
const billed = fc.array(fc.record({ invoiceId: id('i'), contractId: id('c'), billingId: orNull(id('b')), net }), {
  maxLength: 12,
});
/** What lines of an invoice have in common. */
const headers = fc.dictionary(
  id('i'),
  fc.record({ date: day, currency, legalEntityId: id('le'), customerId: orNull(id('cust')) }),
);
const documents = fc.uniqueArray(fc.record({ id: id('d'), rest: net, amount: net, currency, date: day }), {
  selector: (one) => one.id,
});
const cells = fc.uniqueArray(
  fc.record({ versionId: id('v'), month, currency, amount: net, versionRevision: fc.constantFrom(1n, 2n) }),
  { selector: (one) => `${one.versionId}${one.month}${one.currency}` },
);
const planned = { legalEntity: 'CH', lineItem: 'Billings', changedAt: null };

const world = fc
  .record({
    contracts,
    contractLines,
    orders,
    billed,
    headers,
    invoices: documents,
    payments: documents,
    plan: cells,
    cells,
  })
  .map((given): Sides => ({
    ...noSides,
    contracts: given.contracts.map((one): Contract => ({ ...contract, ...one })),
    contractLines: given.contractLines.map((one): ContractLine => ({ ...contractLine, ...one })),
    erpOrders: given.orders.map((one): ErpOrder => ({ ...order, ...one })),
    erpInvoiceLines: given.billed.map((one): BilledLine => ({
      ...billedLine,
      ...one,
      ...given.headers[one.invoiceId],
    })),
    erpCustomers: [],
    erpInvoices: given.invoices.map((one) => ({
      ...{ ...erpDocument, ...one, appliedPayments: null, appliedCredits: null },
    })),
    erpPayments: given.payments.map((one) => ({ ...erpDocument, ...one })),
    plannedCells: given.plan.map((one) => ({
      ...{ ...planned, ...one, version: `V${one.versionId}`, vendorId: 'x' },
    })),
    topic: {
      ...noTopic,
      orders: given.orders.map((one): ErpOrder => ({ ...order, ...one })),
      forecast: {
        versions: [
          { versionId: 'v1', name: 'Vv1', revision: 1n, cellCount: 1n, sums: [], contentHash: '', changedAt: null },
        ],
        cells: given.cells.map((one): PublishedCell => ({
          ...{ ...planned, ...one, legalEntityId: 'le', forecastId: `${one.versionId}${one.month}${one.currency}` },
        })),
      },
    },
  }));

/** The same sides with every list the other way round. */
function turned(sides: Sides): Sides {
  const turn = <T>(list: readonly T[] | null): T[] | null => list && list.toReversed();
  return {
    ...sides,
    contracts: turn(sides.contracts),
    contractLines: turn(sides.contractLines),
    erpOrders: turn(sides.erpOrders),
    erpInvoiceLines: turn(sides.erpInvoiceLines),
    erpInvoices: turn(sides.erpInvoices),
    erpPayments: turn(sides.erpPayments),
    plannedCells: turn(sides.plannedCells),
    topic: sides.topic && {
      ...sides.topic,
      orders: sides.topic.orders.toReversed(),
      forecast: { ...sides.topic.forecast, cells: sides.topic.forecast.cells.toReversed() },
    },
  };
}

describe('contracts, their billing and the forecast, whatever they say', () => {
  it('are judged whatever the order of the input, each difference under an id of its own', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { differences } = evaluate(given);
        expect(JSON.stringify(evaluate(turned(given)).differences)).toBe(JSON.stringify(differences));
        expect(new Set(differences.map(breakIdOf)).size).toBe(differences.length);
      }),
      { numRuns: 200 },
    );
  });
});

const CONTRACTS = 2_000;
const LINES = 6;
const contractIdOf = (n: number): string => canonicalId('salesforce', 'main', 'Contract', String(n));

/** 2,000 contracts of six months, each billed month by month on an invoice of its own: 12,000 invoice lines. */
function largeWorld(): {
  contracts: Contract[];
  contractLines: ContractLine[];
  orders: ErpOrder[];
  lines: BilledLine[];
} {
  const numbers = Array.from({ length: CONTRACTS }, (_, n) => n);
  const parts = numbers.flatMap((n) => Array.from({ length: LINES }, (_, m) => ({ n, m, day: `2026-0${m + 1}-28` })));
  return {
    contracts: numbers.map((n) => ({ ...contract, id: contractIdOf(n), customerId: `cust${n % 97}` })),
    contractLines: parts.map(({ n, m, day: billOn }) => ({
      ...{ ...contractLine, billingId: `b${n}-${m}`, contractId: contractIdOf(n), billOn, net: '10.01' },
    })),
    orders: numbers.map((n) => ({
      ...{ ...order, id: `o${n}`, contractId: contractIdOf(n), customerId: `cust${n % 97}`, net: '60.06', rest: '0' },
    })),
    lines: parts.map(({ n, m, day: date }) => ({
      ...{ ...billedLine, invoiceId: `i${n}-${m}`, contractId: contractIdOf(n), billingId: `b${n}-${m}` },
      ...{ customerId: `cust${n % 97}`, net: '10.01', date },
    })),
  };
}

describe('2,000 contracts with 12,000 invoice lines', () => {
  const { contracts: all, contractLines: sold, orders: ordered, lines } = largeWorld();
  const sides = (erpInvoiceLines: readonly BilledLine[], erpOrders: readonly ErpOrder[]): Sides => ({
    ...{ ...noSides, contracts: all, contractLines: sold, erpOrders, erpInvoiceLines, erpCustomers: [] },
    topic: { ...noTopic, orders: ordered },
  });

  it('tie out to the cent', () => {
    const { checked, differences } = evaluate(sides(lines, ordered));
    expect([...checked].toSorted()).toEqual([
      'billing-schedule',
      'contract-billing',
      'orders-crm-erp',
      'orders-erp-topic',
    ]);
    expect(differences).toEqual([]);
  });

  it('show every hundredth line that is a cent too much, and every order that is lost, and nothing else', () => {
    const wrong = lines.map((line, n) => (n % 100 === 0 ? { ...line, net: '10.02' } : line));
    const kept = ordered.filter((_, n) => n % 500 !== 1);
    const { differences } = evaluate(turned(sides(wrong, kept)));
    const kinds = Map.groupBy(differences, ({ check, kind }) => `${check} ${kind}`);
    // 120 lines of as many contracts, none of which is one of the four that lost their order.
    expect(new Map([...kinds].map(([kind, found]) => [kind, found.length]))).toEqual(
      new Map([
        ['contract-billing net', 120],
        ['orders-crm-erp missing', 4],
        ['orders-erp-topic extra', 4],
      ]),
    );
    expect(new Set(differences.map((one) => one.difference))).toEqual(new Set(['0.01', null]));
    expect(evaluate(sides(wrong, kept)).differences).toEqual(differences);
  });
});
