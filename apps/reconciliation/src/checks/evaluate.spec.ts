import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entity, erpIds, noSides as nothing, noTopic as empty } from '../../test/sides.ts';
import type { Cell } from './cells.ts';
import type { Document } from './documents.ts';
import type { Entity } from './hierarchies.ts';
import { CHECKS } from './difference.ts';
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
const DOCUMENT: Document = {
  ...{ id: 'i1', number: 'A', legalEntityId: 'le1', customerId: null, currency: 'USD', date: '2026-01-31' },
  ...{ amount: '100', rest: '100', changedAt: null },
};
const ENTITIES = ['le1', 'le2'].map((id): Entity => ({ ...entity, id, code: id }));
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
          ...{ documentId: id, invoiceId: id, amount: paid, currency: 'USD', changedAt: null },
        })),
        legalEntities: new Map([['le1', 'E1']]),
        hierarchies: { ...empty.hierarchies, entities: ENTITIES },
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
          legalEntities: new Map(ENTITIES.map(({ id, code }) => [id, code])),
          hierarchies: { ...empty.hierarchies, entities: ENTITIES },
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
    const made = (given: Partial<Sides>): string[] => [...evaluate({ ...nothing, ...given }).checked].toSorted();
    expect(made({})).toEqual([]);
    expect(made({ erpInvoices: [], planningCells: [], plannedCells: [], erpOrders: [] })).toEqual([]);
    expect(made({ topic: empty })).toEqual([]);
    expect(made({ topic: empty, erpInvoices: [] })).toEqual([...['invoice-balance', 'invoices-erp-topic']]);
    expect(made({ topic: empty, planningCells: [] })).toEqual(['cells-topic-planning']);
    expect(made({ topic: empty, plannedCostCenters: [] })).toEqual(['cost-centers']);
    expect(made({ crmCustomers: [] })).toEqual([]);
    expect(made({ crmCustomers: [], erpCustomers: [] })).toEqual(['customers-crm-erp']);
    const references = { references: [], objects: [], knownIds: new Map() };
    expect(made({ references })).toEqual([]);
    expect(made({ references, crmCustomers: [], erpCustomers: [] })).toContain('cross-references');
    expect(made({ erpInvoices: [], erpPayments: [] })).toEqual(['unapplied-payments']);
    expect(made({ topic: empty, erpOrders: [] })).toEqual(['orders-erp-topic']);
    expect(made({ topic: empty, erpCreditMemos: [] })).toEqual(['credit-memos-erp-topic']);
    expect(made({ topic: empty, plannedCells: [] })).toEqual(['forecast-planning-topic']);
    const orders = { contracts: [], contractLines: [], erpOrders: [], erpCustomers: [] };
    expect(made(orders)).toEqual(['orders-crm-erp']);
    const billing = { ...orders, erpInvoiceLines: [] };
    expect(made(billing)).toEqual(['billing-schedule', 'contract-billing', 'orders-crm-erp']);
    const receivables = { erpInvoices: [], erpPayments: [] };
    expect(made({ ...receivables, planningCells: [] })).toContain('cells-erp-planning');
    expect(made({ ...receivables, planningCells: [], cutOff: '2026-01-31' })).not.toContain('cells-erp-planning');
    expect(made({ ...receivables, planningCells: [], topic: empty })).toEqual(
      expect.arrayContaining(['hierarchies', 'closed-periods']),
    );
    for (const side of ['contracts', 'contractLines', 'erpOrders', 'erpCustomers'] as const)
      expect(made({ ...orders, erpInvoiceLines: [], [side]: null })).toEqual([]);
  });

  it('say which were not made and why', () => {
    const { checked, notMade } = evaluate({ ...nothing, topic: empty, erpInvoices: [] });
    expect([...checked, ...notMade.map(({ check }) => check)].toSorted()).toEqual([...CHECKS].toSorted());
    expect(notMade.find(({ check }) => check === 'control-totals')?.because).toBe(
      'not asked or not complete: payments of the ERP',
    );
  });

  it('compare ERP and planning under the codes of the ERP, and do not repeat what the topics tell', () => {
    const erpInvoices = [erpInvoice({ ...DOCUMENT, amount: '10', rest: '10' })].map((one) => ({
      ...one,
      legalEntity: 'E1',
    }));
    const cell = { legalEntity: 'E1', month: '2026-01', currency: 'USD', paid: '0', changedAt: null };
    const planningCells = [{ ...cell, invoices: '1', invoiced: '9', open: '10' }];
    const told = (given: Partial<Sides>) =>
      evaluate({ ...nothing, erpInvoices, erpPayments: [], planningCells, ...given })
        .differences.filter(({ check }) => check.startsWith('cells-'))
        .map(({ check, kind, difference }) => [check, kind, difference]);
    expect(told({})).toEqual([['cells-erp-planning', 'invoiced', '-1']]);
    const invoices = [{ ...DOCUMENT, amount: '10', rest: '10', credited: '0', paid: '0' }];
    const topic = { ...empty, invoices, legalEntities: new Map([['le1', 'E1']]) };
    expect(told({ topic })).toEqual([['cells-topic-planning', 'invoiced', '-1']]);
    // Without a code of its own and without the topics nobody can say which cell it is.
    const nameless = erpInvoices.map((one) => ({ ...one, legalEntity: null }));
    expect(told({ erpInvoices: nameless })).toEqual([]);
    expect(evaluate({ ...nothing, erpInvoices: nameless, erpPayments: [], planningCells }).notMade).toContainEqual({
      check: 'cells-erp-planning',
      because: 'the sides are there, but do not say enough',
    });
  });

  it('give a void time to arrive, in the sums over it as well, and say it once', () => {
    const reversed = { type: 'invoice', id: DOCUMENT.id, number: 'A', legalEntityId: 'le1', currency: 'USD' } as const;
    const erpReversed = [{ ...reversed, date: '2026-01-31', changedAt: null }];
    const topic = {
      ...empty,
      invoices: [{ ...DOCUMENT, credited: '0', paid: '0' }],
      legalEntities: new Map([['le1', 'E1']]),
      hierarchies: { ...empty.hierarchies, entities: ENTITIES },
    };
    const { differences } = evaluate({ ...nothing, topic, erpInvoices: [], erpPayments: [], erpReversed });
    expect(differences.map(({ check, kind, graceMs }) => [check, kind, graceMs])).toEqual([
      ['cells-erp-topic', 'invoiced', 900_000],
      ['cells-erp-topic', 'invoices', 900_000],
      ['cells-erp-topic', 'open', 900_000],
      ['invoices-erp-topic', 'reversal-missing', 900_000],
    ]);
  });

  it('look for voids where the documents are compared, each type for itself', () => {
    const reversed = { type: 'order', id: DOCUMENT.id, number: 'A', legalEntityId: 'le1', currency: 'USD' } as const;
    const erpReversed = [{ ...reversed, date: '2026-01-31', changedAt: null }];
    const order = { ...DOCUMENT, contractId: null };
    const invoices = [{ ...DOCUMENT, credited: '0', paid: '0' }];
    const told = (given: Partial<Sides>) =>
      evaluate({ ...nothing, topic: { ...empty, orders: [order], invoices }, erpReversed, ...given })
        .differences.filter(({ check }) => check.endsWith('erp-topic'))
        .map(({ check, kind }) => `${check} ${kind}`);
    expect(told({ erpOrders: [] })).toEqual(['orders-erp-topic reversal-missing']);
    expect(told({ erpInvoices: [] })).toEqual(['invoices-erp-topic extra']);
  });

  it('show an id that a system lists twice', () => {
    const repeated = [{ check: 'invoices-erp-topic', objectType: 'invoice', itemId: '7', times: 2 }];
    expect(evaluate({ ...nothing, repeated }).differences).toEqual([]);
    expect(evaluate({ ...nothing, topic: empty, erpInvoices: [], repeated }).differences).toMatchObject([
      { kind: 'duplicate-id', object: '7', expected: '1', actual: '2' },
    ]);
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
