import { add, compare, isZero, periodOf, sum, subtract, toUnits } from '@tieout/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grossOf, percentOf, unappliedOf } from './amounts.ts';
import { booksOf, creditMemoStates, expectedKeys, figuresOf, invoiceStates, orderStates } from './books.ts';
import { MONTH_END } from './catalogue.ts';
import { generateScenario } from './generate.ts';
import type { Scenario } from './scenario.ts';
import { FEWEST_CUSTOMERS } from './stories.ts';

const anyScenario = fc
  .record({ seed: fc.integer({ min: 0, max: 2 ** 31 }), customers: fc.integer({ min: FEWEST_CUSTOMERS, max: 60 }) })
  .map(generateScenario);
const forAny = (check: (scenario: Scenario) => void): void =>
  fc.assert(fc.property(anyScenario, check), { numRuns: 25 });

describe('a generated month-end', () => {
  it('is the same for the same seed, and another one for another', () => {
    const size = { seed: 7, customers: 30 };
    expect(generateScenario(size)).toEqual(generateScenario(size));
    expect(generateScenario({ ...size, seed: 8 })).not.toEqual(generateScenario(size));
  });

  it('keeps its first customers when there are more of them', () => {
    const [few, many] = [20, 40].map((customers) => generateScenario({ seed: 3, customers }).customers);
    expect(many!.slice(0, 20)).toEqual(few);
  });

  it('has every kind of document and outcome, for any seed', () => {
    forAny((scenario) => {
      const { contracts, opportunities, invoices, payments, creditMemos, monthEnd } = scenario;
      const states = invoiceStates(booksOf(scenario));
      const orders = orderStates(booksOf(scenario));
      const due = new Map(invoices.map(({ key, dueDate }) => [key, dueDate]));
      const isThere = {
        draft: contracts.some(({ active }) => !active),
        'nothing billed': orders.some(({ billedNet }) => isZero(billedNet)),
        'partly billed': orders.some((order) => !isZero(order.billedNet) && order.lifecycle === 'OPEN'),
        'billed in full': orders.some(({ lifecycle }) => lifecycle === 'BILLED'),
        'paid in full': states.some(({ lifecycle }) => lifecycle === 'PAID'),
        'partly paid': states.some(({ lifecycle, paid }) => lifecycle === 'OPEN' && !isZero(paid)),
        overdue: states.some(({ key, lifecycle }) => lifecycle === 'OPEN' && due.get(key)! < monthEnd),
        late: payments.some(({ applied, date }) => applied.some(({ invoice }) => date > due.get(invoice)!)),
        bundled: payments.some(({ applied }) => applied.length > 1),
        'voided bill': states.some(({ lifecycle }) => lifecycle === 'VOIDED'),
        'voided payment': payments.some(({ voided }) => voided),
        'paid in advance': payments.some(({ applied }) => applied.length === 0),
        credited: creditMemos.length > 0,
        won: opportunities.some(({ stage }) => stage === 'Closed Won'),
      };
      expect(Object.entries(isThere).filter(([, there]) => !there)).toEqual([]);
      expect(new Set(scenario.customers.map(({ currency }) => currency))).toEqual(new Set(['USD', 'EUR']));
    });
  });

  it('ties out: quantities, schedules, orders, bills and what settles them', () => {
    forAny((scenario) => {
      const books = booksOf(scenario);
      const orders = new Map(orderStates(books).map((state) => [state.key, state]));
      const amounts = new Map(scenario.opportunities.map(({ key, amount }) => [key, amount]));
      for (const contract of scenario.contracts) {
        const net = sum(contract.lines.map((line) => line.net));
        expect(amounts.get(contract.opportunity)).toBe(net);
        for (const { quantity, unitPrice, net: lineNet } of contract.lines)
          expect(toUnits(unitPrice, 2) * BigInt(quantity)).toBe(toUnits(lineNet, 2));
        const order = orders.get(contract.key);
        expect(order !== undefined).toBe(contract.active);
        if (order) expect([order.net, add(order.billedNet, order.unbilledNet)]).toEqual([net, net]);
      }
      for (const { key, gross, paid, credited, open } of invoiceStates(books)) {
        expect([key, sum([paid, credited, open])]).toEqual([key, gross]);
        expect([paid, credited, open].every((part) => compare(part, '0') >= 0)).toBe(true);
      }
      for (const payment of scenario.payments) expect(compare(unappliedOf(payment), '0')).toBeGreaterThanOrEqual(0);
      for (const memo of creditMemoStates(books)) expect(memo.applied).toBe(memo.gross);
    });
  });

  it('bills exactly what is due, once, on its day, and holds nothing of a later day', () => {
    forAny(({ contracts, invoices, payments, creditMemos }) => {
      const live = invoices.filter(({ voided }) => !voided);
      const billed = live.flatMap(({ lines, issueDate }) => lines.map(({ line }) => `${line} ${issueDate}`)).sort();
      const due = contracts
        .filter(({ active }) => active)
        .flatMap(({ lines }) => lines.filter(({ billOn }) => billOn <= MONTH_END))
        .map(({ key, billOn }) => `${key} ${billOn}`);
      expect(billed).toEqual(due.sort());
      const dates = [
        invoices.map(({ issueDate }) => issueDate),
        payments.map(({ date }) => date),
        creditMemos.map(({ date }) => date),
      ];
      expect(dates.flat().filter((date) => date > MONTH_END)).toEqual([]);
    });
  });

  it('says per legal entity and month what its bills and payments sum up to', () => {
    forAny((scenario) => {
      const figures = figuresOf(booksOf(scenario));
      const inMonth = (
        invoice: { entity: string; currency: string; issueDate: string },
        figure: (typeof figures)[number],
      ): boolean =>
        invoice.entity === figure.country &&
        invoice.currency === figure.currency &&
        periodOf(invoice.issueDate) === figure.month;
      for (const figure of figures) {
        const bills = scenario.invoices.filter((invoice) => !invoice.voided && inMonth(invoice, figure));
        expect(figure.invoices).toBe(bills.length);
        expect(isZero(subtract(figure.invoiced, sum(bills.map(grossOf))))).toBe(true);
      }
      const paid = sum(scenario.payments.filter(({ voided }) => !voided).map(({ amount }) => amount));
      expect(isZero(subtract(sum(figures.map((figure) => figure.paid)), paid))).toBe(true);
    });
  });

  it('has one name per customer and one key per object, thousands of them too, with little work for each', () => {
    const scenario = generateScenario({ seed: 1, customers: 2_000 });
    const { customers, contracts, invoices, opportunities, payments } = scenario;
    expect(new Set(customers.map(({ name }) => name)).size).toBe(2_000);
    for (const list of [customers, contracts, invoices, opportunities, payments])
      expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
    expect(contracts.length / customers.length).toBeLessThan(1.2);
    expect(invoices.length / customers.length).toBeLessThan(1.5);
    expect(Math.max(...contracts.flatMap(({ lines }) => lines.map(({ key }) => key.length)))).toBeLessThan(40);
    expect(expectedKeys(scenario, booksOf(scenario)).get('finance.invoice.v1')).toBe(invoices.length);
  });

  it('is refused for fewer customers than it has stories', () => {
    expect(() => generateScenario({ seed: 1, customers: FEWEST_CUSTOMERS - 1 })).toThrow(RangeError);
  });
});

describe('a percentage of an amount', () => {
  it('is rounded half up to cents', () => {
    expect([percentOf('10.50', 19), percentOf('0.50', 1), percentOf('0.49', 1), percentOf('33.33', 100)]).toEqual([
      '2',
      '0.01',
      '0',
      '33.33',
    ]);
  });
});
