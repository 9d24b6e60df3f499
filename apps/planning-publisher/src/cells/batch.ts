import { cellKey, type JudgedRow } from './receipt.ts';

/** Coordinates and figures of a cell as the planning system takes them. */
export interface Figures {
  /** Code of the legal entity. */
  readonly legalEntity: string;
  readonly month: string;
  readonly currency: string;
  readonly invoices: string;
  readonly invoiced: string;
  readonly paid: string;
  readonly open: string;
}

/** A cell as it has to be loaded: its figures recomputed from the contributions, at the version that they belong to. */
export interface DirtyCell extends Figures {
  readonly legalEntityId: string;
  readonly legalEntityName: string;
  /** Code under which the planning system has the cell, when that is not its code any more. */
  readonly formerCode: string | null;
  readonly version: string;
  readonly refusals: number;
}

export interface RefusedCell {
  readonly cell: DirtyCell;
  /** Null when the import failed as a whole and says nothing about this row. */
  readonly reason: string | null;
}

/** A row to send and the cell that it is of. */
export interface BatchRow {
  readonly cell: DirtyCell;
  readonly figures: Figures;
}

/** The planning system's verdict on the rows of a batch; `row` counts from 1. */
export interface RowVerdict {
  readonly byRow: boolean;
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
}

const ZEROS = { invoices: '0', invoiced: '0', paid: '0', open: '0' };

/** One row per cell; one more with zeros where the cell stood under another code before. */
export function rowsOf(cells: readonly DirtyCell[]): readonly BatchRow[] {
  return cells.flatMap((cell) => {
    const row = { cell, figures: cell };
    if (cell.formerCode === null) return [row];
    const { month, currency } = cell;
    return [row, { cell, figures: { legalEntity: cell.formerCode, month, currency, ...ZEROS } }];
  });
}

/** Rows with the reason for which each was refused, null when it was loaded. */
export function judgeRows(rows: readonly BatchRow[], verdict: RowVerdict): readonly JudgedRow[] {
  const reasons = new Map(verdict.refused.map(({ row, reason }) => [row, reason]));
  return rows.map(({ figures }, index) => {
    return { row: index + 1, cell: cellKey(figures), reason: reasons.get(index + 1) ?? null };
  });
}

/** A cell is loaded when all of its rows are; otherwise the first reason counts. */
export function judgeCells(
  rows: readonly BatchRow[],
  verdict: RowVerdict,
): { readonly loaded: readonly DirtyCell[]; readonly refused: readonly RefusedCell[] } {
  const refused = new Map<DirtyCell, RefusedCell>();
  for (const { row, reason } of verdict.refused) {
    const cell = rows[row - 1]?.cell;
    if (cell !== undefined && !refused.has(cell)) refused.set(cell, { cell, reason: verdict.byRow ? reason : null });
  }
  const loaded = [...new Set(rows.map(({ cell }) => cell))].filter((cell) => !refused.has(cell));
  return { loaded, refused: [...refused.values()] };
}
