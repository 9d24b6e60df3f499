import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from './cells.ts';
import type { Document } from './documents.ts';
import { evaluate } from './evaluate.ts';
import type { Sides, TopicSide } from './evaluate.ts';
import type { BalancedInvoice, ErpInvoice } from './invoice-balance.ts';

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
      topic: {
        invoices: invoices.map((one): BalancedInvoice => ({ ...one, credited: '0', paid: '0' })),
        payments,
        allocations: payments.map(({ id, amount: paid }) => ({ paymentId: id, invoiceId: id, amount: paid })),
        controlTotals: [],
        laterMonths: new Set(),
        legalEntities: new Map([['le1', 'E1']]),
      },
      erpInvoices: erpInvoices.map((one): ErpInvoice => ({ ...one, appliedPayments: null, appliedCredits: null })),
      erpPayments,
      erpCustomers: [],
      crmCustomers: [],
      planningCells:
        evaluate({
          ...nothing,
          topic: { ...empty, invoices: planning.map((one) => ({ ...one, credited: '0', paid: '0' })) },
        }).stations.topic ?? [],
      unreadable: [],
    }),
  );
const empty: TopicSide = {
  ...{ invoices: [], payments: [], allocations: [], controlTotals: [] },
  laterMonths: new Set(),
  legalEntities: new Map(),
};
const nothing: Sides = {
  ...{ topic: null, erpInvoices: null, erpPayments: null, erpCustomers: null, crmCustomers: null },
  ...{ planningCells: null, unreadable: [] },
};

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
        const erpInvoices = side.invoices.map((one) => ({ ...one, appliedPayments: '0', appliedCredits: '0' }));
        const { differences } = evaluate({
          ...nothing,
          topic: side,
          erpInvoices,
          erpPayments: payments,
          planningCells: stations.topic,
        });
        expect(differences).toEqual([]);
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
          const erpPayments = payments.map((one, n) =>
            n === index ? { ...one, amount: `${BigInt(one.amount.replace('.', '')) + 1n}e-2` } : one,
          );
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
    expect(made({ erpInvoices: [], erpPayments: [], planningCells: [] })).toEqual([]);
    expect(made({ topic: empty })).toEqual([]);
    expect(made({ topic: empty, erpInvoices: [] })).toEqual(['invoices-erp-topic', 'invoice-balance']);
    expect(made({ topic: empty, planningCells: [] })).toEqual(['cells-topic-planning']);
    expect(made({ crmCustomers: [] })).toEqual([]);
    expect(made({ crmCustomers: [], erpCustomers: [] })).toEqual(['customers-crm-erp']);
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
