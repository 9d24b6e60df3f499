import { describe, expect, it } from 'vitest';
import { type DirtyCell, judgeCells, judgeRows, rowsOf } from './batch.ts';

const cell = (over: Partial<DirtyCell> = {}): DirtyCell => ({
  legalEntityId: 'e',
  legalEntity: '391',
  legalEntityName: 'West',
  formerCode: null,
  month: '2013-01',
  currency: 'USD',
  invoices: '1',
  invoiced: '2',
  paid: '3',
  open: '4',
  version: '7',
  refusals: 0,
  ...over,
});
const all = { byRow: true, refused: [] };

describe('the rows of a batch', () => {
  it('are one per cell, and zeros under the code that a renamed legal entity had', () => {
    const rows = rowsOf([cell(), cell({ month: '2013-02', formerCode: '390' })]);
    expect(judgeRows(rows, all).map((row) => row.cell)).toEqual([
      '391|2013-01|USD',
      '391|2013-02|USD',
      '390|2013-02|USD',
    ]);
    expect(rows[2]?.figures).toMatchObject({ invoices: '0', invoiced: '0', paid: '0', open: '0' });
  });
});

describe('the verdict on cells', () => {
  const cells = [cell(), cell({ month: '2013-02', formerCode: '390' })];
  const rows = rowsOf(cells);

  it('is loaded when every row is', () => {
    expect(judgeCells(rows, all)).toEqual({ loaded: cells, refused: [] });
  });

  it('is refused when any of its rows is', () => {
    const verdict = { byRow: true, refused: [{ row: 3, reason: 'Unknown' }] };
    expect(judgeCells(rows, verdict)).toEqual({ loaded: [cells[0]], refused: [{ cell: cells[1], reason: 'Unknown' }] });
  });

  it('gives no cell a reason of its own when the import failed as a whole', () => {
    const verdict = { byRow: false, refused: [1, 2, 3].map((row) => ({ row, reason: 'Cancelled' })) };
    expect(judgeCells(rows, verdict)).toEqual({
      loaded: [],
      refused: cells.map((each) => ({ cell: each, reason: null })),
    });
  });
});
