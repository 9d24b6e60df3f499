import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOf, found, opened } from './break.fixture.ts';
import type { BreakState } from './break-state.ts';
import { editsOf, neutral, plain, SHEET_COLUMNS, sheetRow, SheetProblem } from './sheet.ts';
import { readSheet, sheetText, SheetUnreadable } from './sheet-text.worker.ts';

const state: BreakState = { ...opened(), assignee: 'mara' };
const one = { state, revision: '3' };
const exported = Object.fromEntries(sheetRow(one).map((cell, index) => [SHEET_COLUMNS[index] as string, cell]));
const edits = (over: Record<string, string>, of = one) => editsOf({ ...exported, ...over }, of);

describe('a cell of a sheet', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', "'=1"])(
    '%j is no formula any more',
    (text) => {
      expect(neutral(text)).toBe(`'${text}`);
      expect(plain(neutral(text))).toBe(text);
    },
  );

  it('keeps what is none, and numbers in columns of numbers', () => {
    expect(['Acme', '5', "d'or", ''].map((text) => neutral(text))).toEqual(['Acme', '5', "d'or", '']);
    expect([neutral('-12.5', true), neutral('-12.5'), neutral('-1+1', true)]).toEqual(['-12.5', "'-12.5", "'-1+1"]);
  });

  it('comes back as it was, whatever it holds, through a file too', () => {
    const anything = fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', "'", '"', ',', ';', '\t', '\n', 'é', 'a', '1', ' '),
    });
    fc.assert(
      fc.property(anything, (text) => {
        expect(plain(neutral(text))).toBe(text);
        const [row] = readSheet(sheetText([{ state: { ...state, object: text }, revision: '1' }]));
        expect(plain(row?.cells['object'] ?? '')).toBe(text);
        expect(row?.cells['object']).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });
});

describe('an edited row', () => {
  it('that is as it was exported does nothing', () => {
    expect(edits({})).toEqual({ acts: [], changes: [], ignored: [] });
    const resolved = {
      state: { ...state, resolution: 'FX', resolutionReason: '=x', workflow: 'RESOLVED' },
      revision: '3',
    } as const;
    const cells = Object.fromEntries(sheetRow(resolved).map((cell, index) => [SHEET_COLUMNS[index] as string, cell]));
    expect(editsOf(cells, resolved)).toEqual({ acts: [], changes: [], ignored: [] });
  });

  it('is acts, the resolution last', () => {
    const { acts, changes } = edits({
      ...{
        assignee: 'jon',
        comment: 'asked',
        due: '2026-01-20',
        resolution: 'timing',
        expected_on: '2026-02-01',
        reason: 'why',
      },
    });
    expect(acts).toEqual([
      { action: 'assign', reason: null, parameters: { assignee: 'jon' } },
      { action: 'reschedule', reason: 'why', parameters: { dueOn: '2026-01-20' } },
      { action: 'comment', reason: 'asked', parameters: {} },
      { action: 'resolve', reason: 'why', parameters: { resolution: 'TIMING', expectedOn: '2026-02-01' } },
    ]);
    expect(changes).toContain('assignee: mara -> jon');
    expect(changes).toContain('resolution: - -> TIMING');
  });

  it('gives it to nobody by an empty cell, and leaves alone what has no column', () => {
    expect(edits({ assignee: '' }).acts).toEqual([{ action: 'assign', reason: null, parameters: { assignee: '' } }]);
    const { assignee: _assignee, ...without } = exported;
    expect(editsOf(without, one).acts).toEqual([]);
  });

  it('moves a due date by its reason without resolving anything', () => {
    expect(edits({ due: '2026-01-20', reason: 'why' }).acts.map(({ action }) => action)).toEqual(['reschedule']);
  });

  it('says which cells are only for reading', () => {
    expect(edits({ expected: '1', currency: 'EUR', assignee: 'jon' }).ignored).toEqual(['currency', 'expected']);
  });

  it.each([
    ['a resolution that there is not', { resolution: 'forget' }, /none of/],
    ['a reason alone', { reason: 'why' }, /resolution is empty/],
    ['a date that is none', { due: '01/20/2026' }, /YYYY-MM-DD/],
    ['a formula', { comment: '=cmd|calc' }, /like a formula/],
    ['a formula in a reason', { resolution: 'FX', reason: '@SUM(A1)' }, /like a formula/],
    ['a control character', { comment: 'a\u001b[2J' }, /control character/],
    ['a novel', { comment: 'x'.repeat(4_001) }, /too long/],
  ])('is refused with %s', (_, over, message) => {
    expect(() => edits(over)).toThrow(SheetProblem);
    expect(() => edits(over)).toThrow(message);
  });

  it('takes a text that only looks like a formula behind its apostrophe', () => {
    expect(edits({ comment: "'- asked twice" }).acts[0]).toMatchObject({ reason: '- asked twice' });
  });

  it('does not pass on what belongs to another resolution', () => {
    const matched = {
      state: { ...state, workflow: 'PENDING', resolution: 'TIMING', expectedOn: '2026-01-09' },
      revision: '3',
    } as const;
    const cells = { ...exported, resolution: 'WRITE_OFF', expected_on: '2026-01-09', reason: 'small' };
    expect(editsOf(cells, matched).acts).toEqual([
      { action: 'resolve', reason: 'small', parameters: { resolution: 'WRITE_OFF' } },
    ]);
  });
});

describe('a sheet', () => {
  const text = sheetText([one, { state: opened(amountOf('5', { object: 'a "b", c' })), revision: '4' }]);

  it('holds a row per break and reads as it was written, with other delimiters too', () => {
    expect(text.startsWith('\ufeffbreak_id,revision,')).toBe(true);
    const rows = readSheet(text);
    expect(rows.map(({ cells }) => [cells['revision'], cells['object'], cells['difference']])).toEqual([
      ['3', 'i', '1000'],
      ['4', 'a "b", c', '-995'],
    ]);
    const simple = 'break_id;revision;comment\r\nx;1;"a;b"\r\n';
    expect(readSheet(simple)[0]?.cells).toEqual({ break_id: 'x', revision: '1', comment: 'a;b' });
    expect(readSheet('break_id\trevision\nx\t1\n')[0]).toMatchObject({ line: 2, problem: null });
  });

  it.each([
    ['no text', '', /no column break_id and no column revision/],
    ['no revision', 'break_id,comment\nx,y\n', /no column revision/],
    ['a column twice', 'break_id,revision,comment,comment\n', /twice/],
    ['an open quote', 'break_id,revision\n"x,1\n', /no CSV/],
    ['more rows than it takes', `break_id,revision\n${'x,1\n'.repeat(5_001)}`, /5001 rows/],
  ])('is refused with %s', (_, csv, message) => {
    expect(() => readSheet(csv)).toThrow(SheetUnreadable);
    expect(() => readSheet(csv)).toThrow(message);
  });

  it('refuses single rows that have another shape or say more than it has columns for', () => {
    const rows = readSheet('break_id,revision,mood\na,1\nb,1,good\nc,1,\n');
    expect(rows.map(({ problem }) => problem)).toEqual([
      'it has 2 cells, the header has 3',
      `column "mood" is none of the sheet's`,
      null,
    ]);
  });
});

it('an exported row never begins like a formula but for its numbers', () => {
  const evil = opened(found({ object: '=x', kind: 'amount', customerId: '@y', evidence: { number: '+1' } }));
  const cells = sheetRow({ state: { ...evil, assignee: '-z' }, revision: '1' });
  expect(cells.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
});
