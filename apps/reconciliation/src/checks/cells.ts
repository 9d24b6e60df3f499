import { add, compare, joinKey, periodOf } from '@tieout/canonical';
import { difference, later } from './difference.ts';
import type { Difference } from './difference.ts';
import type { Document } from './documents.ts';

/** Figures of a legal entity, month and currency at one station. */
export interface Cell {
  /** Code of the legal entity. */
  readonly legalEntity: string;
  /** YYYY-MM */
  readonly month: string;
  readonly currency: string;
  /** Number of invoices issued in the month. */
  readonly invoices: string;
  /** Gross of these invoices. */
  readonly invoiced: string;
  /** Payments received in the month. */
  readonly paid: string;
  /** What is open now of the invoices issued in the month. */
  readonly open: string;
  /** When something in the cell last changed, as far as the station says. */
  readonly changedAt: string | null;
}

const FIGURES = ['invoices', 'invoiced', 'paid', 'open'] as const;
const NO_FIGURES = { invoices: '0', invoiced: '0', paid: '0', open: '0', changedAt: null };

export const cellKey = ({ legalEntity, month, currency }: Pick<Cell, 'legalEntity' | 'month' | 'currency'>): string =>
  joinKey([legalEntity, month, currency]);

/** Documents summed up: invoiced and open count in the month of the invoice, paid in the month of the payment. */
export function cellsOf(
  invoices: readonly Document[],
  payments: readonly Document[],
  codeOf: (legalEntityId: string) => string,
): readonly Cell[] {
  const cells = new Map<string, Cell>();
  const put = (document: Document, change: (cell: Cell) => Partial<Cell>): void => {
    const place = {
      legalEntity: codeOf(document.legalEntityId),
      month: periodOf(document.date),
      currency: document.currency,
    };
    const cell = cells.get(cellKey(place)) ?? { ...place, ...NO_FIGURES };
    cells.set(cellKey(place), { ...cell, ...change(cell), changedAt: later(cell.changedAt, document.changedAt) });
  };
  for (const invoice of invoices)
    put(invoice, ({ invoices: count, invoiced, open }) => ({
      invoices: add(count, '1'),
      invoiced: add(invoiced, invoice.amount),
      open: add(open, invoice.rest),
    }));
  for (const payment of payments) put(payment, ({ paid }) => ({ paid: add(paid, payment.amount) }));
  return [...cells.values()];
}

/** Cell by cell; a cell that a station lacks counts as zeros, which is how a planning model shows it. */
export function compareCells(
  check: 'cells-erp-topic' | 'cells-topic-planning' | 'cells-erp-planning',
  expected: readonly Cell[],
  actual: readonly Cell[],
  legalEntityIdOf: (code: string) => string | null,
): readonly Difference[] {
  const sides = [expected, actual].map((cells) => new Map(cells.map((cell) => [cellKey(cell), cell])));
  const [first, second] = sides as [Map<string, Cell>, Map<string, Cell>];
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((object) => {
    const [left, right] = [first.get(object), second.get(object)];
    const { legalEntity, currency } = (left ?? right) as Cell;
    const [before, after] = [left ?? NO_FIGURES, right ?? NO_FIGURES];
    return FIGURES.filter((figure) => compare(before[figure], after[figure]) !== 0).map((figure) =>
      difference({
        check,
        kind: figure,
        objectType: 'cell',
        object,
        legalEntityId: legalEntityIdOf(legalEntity),
        currency,
        expected: before[figure],
        actual: after[figure],
        changedAt: [left, right].flatMap((cell) => (cell === undefined ? [] : [cell.changedAt])),
      }),
    );
  });
}
