import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erpIds, noSides as nothing, noTopic as empty } from '../../test/sides.ts';
import type { Cell } from './cells.ts';
import type { Document } from './documents.ts';
import { evaluate } from './evaluate.ts';
import type { BalancedInvoice, ErpInvoice } from './invoice-balance.ts';
import type { Sides, TopicSide } from './sides.ts';

const amount = fc
  .integer({ min: 0, max: 1_000_000 })
  .map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`);
const document = fc.record({
  number: fc.constantFrom('A', 'B'),
  legalEntityId: fc.constantFrom('le1', 'le2'),
  customerId: fc.constant(null),
  currency: fc.constantFrom('USD', 'EUR', 'JPY'),
  date: fc.constantFrom('2026-01-01', '2026-01-31', '2026-02-01'),
  amount,
  rest: amount,
  changedAt: fc.constant(null),
});
const documents = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 12 }), document), { selector: ([id]) => id, maxLength: 8 })
  .map((list): Document[] => list.map(([id, one]) => ({ id: String(id), ...one })));
const erpInvoice = (one: Document): ErpInvoice => ({
  ...{ ...one, ...erpIds, appliedPayments: null, appliedCredits: null },
});
const sides = fc
  .record({
    erpInvoices: documents,
    erpPayments: documents,
    invoices: documents,
    payments: documents,
    planning: documents,
  })
  .map(
    ({
      erpInvoices,
      erpPayments,
      invoices,
      payments,
      planning,
    }): Sides & { topic: TopicSide; planningCells: readonly Cell[] } => ({
      ...nothing,
      topic: {
        ...empty,
        invoices: invoices.map((one): BalancedInvoice => ({ ...one, credited: '0', paid: '0' })),
        payments,
        allocations: payments.map(({ id, amount: paid }) => ({
          ...{ documentId: id, invoiceId: id, amount: paid, changedAt: null },
        })),
        legalEntities: new Map([['le1', 'E1']]),
      },
      erpInvoices: erpInvoices.map(erpInvoice),
      erpPayments: erpPayments.map((one) => ({ ...one, ...erpIds })),
      erpCustomers: [],
      crmCustomers: [],
      planningCells:
        evaluate({
          ...nothing,
          topic: { ...empty, invoices: planning.map((one) => ({ ...one, credited: '0', paid: '0' })) },
        }).stations.topic ?? [],
    }),
  );
describe('all checks together', () => {
  it('do not depend on the order of the input', () => {
    fc.assert(
      fc.property(sides, (given) => {
        const { topic } = given;
        const turned: Sides = {
          ...given,
          erpInvoices: (given.erpInvoices ?? []).toReversed(),
          erpPayments: (given.erpPayments ?? []).toReversed(),
          planningCells: given.planningCells.toReversed(),
          topic: {
            ...topic,
            invoices: topic.invoices.toReversed(),
            payments: topic.payments.toReversed(),
            allocations: topic.allocations.toReversed(),
          },
        };
        // As text: comparing deep structures a hundred times takes longer than the checks.
        expect(JSON.stringify(evaluate(turned).differences)).toBe(JSON.stringify(evaluate(given).differences));
      }),
      { numRuns: 60 },
    );
  });

  it('find nothing between a side and itself', () => {
    fc.assert(
      fc.property(documents, documents, (invoices, payments) => {
        const side = {
          ...empty,
          invoices: invoices.map((one) => ({ ...one, rest: one.amount, credited: '0', paid: '0' })),
          payments,
        };
        const { stations } = evaluate({ ...nothing, topic: side });
        const { differences } = evaluate({
          ...nothing,
          topic: side,
          erpInvoices: side.invoices.map((one) => ({ ...erpInvoice(one), appliedPayments: '0', appliedCredits: '0' })),
          erpPayments: payments.map((one) => ({ ...one, ...erpIds })),
          planningCells: stations.topic,
        });
        // A person's task, and no difference between sides.
        expect(differences.filter(({ check }) => check !== 'unapplied-payments')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('find one changed document, in the items and in its cell, and nowhere else', () => {
    fc.assert(
      fc.property(
        documents.filter((list) => list.length > 0),
        fc.nat(),
        (payments, pick) => {
          const index = pick % payments.length;
          const erpPayments = payments.map((one, n) => ({
            ...{ ...one, ...erpIds },
            amount: n === index ? `${BigInt(one.amount.replace('.', '')) + 1n}e-2` : one.amount,
          }));
          const { differences } = evaluate({ ...nothing, topic: { ...empty, payments }, erpInvoices: [], erpPayments });
          expect(differences.map(({ check, kind, difference }) => [check, kind, difference])).toEqual([
            ['cells-erp-topic', 'paid', '-0.01'],
            ['payments-erp-topic', 'amount', '-0.01'],
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are made only where both sides are there', () => {
    const made = (given: Partial<Sides>): string[] => [...evaluate({ ...nothing, ...given }).checked];
    expect(made({})).toEqual([]);
    expect(made({ erpInvoices: [], planningCells: [], plannedCells: [], erpOrders: [] })).toEqual([]);
    expect(made({ topic: empty })).toEqual([]);
    expect(made({ topic: empty, erpInvoices: [] })).toEqual(['invoices-erp-topic', 'invoice-balance']);
    expect(made({ topic: empty, planningCells: [] })).toEqual(['cells-topic-planning']);
    expect(made({ crmCustomers: [] })).toEqual([]);
    expect(made({ crmCustomers: [], erpCustomers: [] })).toEqual(['customers-crm-erp']);
    expect(made({ erpInvoices: [], erpPayments: [] })).toEqual(['unapplied-payments']);
    expect(made({ topic: empty, erpOrders: [] })).toEqual(['orders-erp-topic']);
    expect(made({ topic: empty, erpCreditMemos: [] })).toEqual(['credit-memos-erp-topic']);
    expect(made({ topic: empty, plannedCells: [] })).toEqual(['forecast-planning-topic']);
    const orders = { contracts: [], contractLines: [], erpOrders: [], erpCustomers: [] };
    expect(made(orders)).toEqual(['orders-crm-erp']);
    expect(made({ ...orders, erpInvoiceLines: [] })).toEqual(['orders-crm-erp', 'contract-billing']);
    for (const side of ['contracts', 'contractLines', 'erpOrders', 'erpCustomers'] as const)
      expect(made({ ...orders, erpInvoiceLines: [], [side]: null })).toEqual([]);
  });

  it('leave the months alone in planning that hold documents behind the cut-off', () => {
    const cell = {
      legalEntity: 'E',
      currency: 'USD',
      invoices: '1',
      invoiced: '1',
      paid: '0',
      open: '0',
      changedAt: null,
    };
    const planningCells = [
      { ...cell, month: '2026-01' },
      { ...cell, month: '2026-02' },
    ];
    const found = (laterMonths: string[]): unknown[] =>
      evaluate({ ...nothing, topic: { ...empty, laterMonths: new Set(laterMonths) }, planningCells }).differences.map(
        ({ object, kind }) => `${object} ${kind}`,
      );
    expect(found([])).toHaveLength(4);
    expect(found(['2026-02'])).toEqual(['E|2026-01|USD invoiced', 'E|2026-01|USD invoices']);
  });

  it('show what could not be read, where its check was made', () => {
    const unreadable = [
      { check: 'invoices-erp-topic', objectType: 'invoice', itemId: '7', reason: 'no tranid' },
    ] as const;
    expect(evaluate({ ...nothing, unreadable }).differences).toEqual([]);
    expect(evaluate({ ...nothing, topic: empty, erpInvoices: [], unreadable }).differences).toMatchObject([
      { kind: 'unreadable', object: '7', actual: 'no tranid' },
    ]);
  });
});
