import { isDate } from '@tieout/canonical';
import { RESOLUTIONS, type BreakState } from './break-state.ts';
import type { ActRequest } from './decide.ts';

/** The breaks as a sheet that people edit offline. Times are UTC; an empty cell is what a break does not have. */

/** A break with the revision that its row was made of. */
export interface SheetBreak {
  readonly state: BreakState;
  readonly revision: string;
}

type Cell = (one: SheetBreak) => string;
const of =
  (name: keyof BreakState): Cell =>
  ({ state }) =>
    textOf(state[name]);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const READ_ONLY: Readonly<Record<string, Cell>> = {
  break_id: of('breakId'),
  revision: ({ revision }) => revision,
  workflow: of('workflow'),
  severity: of('severity'),
  check: of('check'),
  kind: of('kind'),
  object_type: of('objectType'),
  object: of('object'),
  number: ({ state }) => state.evidence['number'] ?? '',
  legal_entity: of('legalEntityId'),
  customer: of('customerId'),
  currency: of('currency'),
  expected: of('expected'),
  actual: of('actual'),
  difference: of('difference'),
  value: of('value'),
  group_value: of('groupValue'),
  group_currency: of('groupCurrency'),
  owner_group: of('ownerGroup'),
  opened: ({ state }) => state.openedAt.slice(0, 10),
  proposed_by: of('proposedBy'),
  approved_by: of('approvedBy'),
};
const EDITABLE: Readonly<Record<string, Cell>> = {
  assignee: of('assignee'),
  due: ({ state }) => (state.dueAt ?? '').slice(0, 10),
  comment: () => '',
  resolution: of('resolution'),
  reason: of('resolutionReason'),
  expected_on: of('expectedOn'),
  counterpart: of('counterpart'),
};
const CELLS = { ...READ_ONLY, ...EDITABLE };

export const SHEET_COLUMNS: readonly string[] = Object.keys(CELLS);
export const EDITABLE_COLUMNS: readonly string[] = Object.keys(EDITABLE);
/** Without these nobody can say which break a row is about, and what its author saw. */
export const KEY_COLUMNS = ['break_id', 'revision'] as const;

const NUMBER = /^-?\d+(\.\d+)?$/;
const NUMBERS = new Set(['revision', 'expected', 'actual', 'difference', 'value', 'group_value']);
/** What a spreadsheet takes for a formula, also behind blanks and in wide characters; and what a neutral cell begins with. */
const FORMULA = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/;

export const sheetRow = (one: SheetBreak): string[] =>
  Object.entries(CELLS).map(([column, cell]) => neutral(cell(one), NUMBERS.has(column)));

/** A text that no spreadsheet executes; `plain` gives it back. Numbers stay numbers. */
export const neutral = (text: string, isNumber = false): string =>
  (isNumber && NUMBER.test(text)) || !(FORMULA.test(text) || text.startsWith("'")) ? text : `'${text}`;

export function plain(cell: string): string {
  const rest = cell.slice(1);
  return cell.startsWith("'") && (FORMULA.test(rest) || rest.startsWith("'")) ? rest : cell;
}

/** Cells of a row by column, as they stand in the sheet. */
export type SheetCells = Readonly<Record<string, string>>;

export interface SheetEdits {
  readonly acts: readonly ActRequest[];
  /** Each change as a person reads it. */
  readonly changes: readonly string[];
  /** Columns that were changed and are only for reading. */
  readonly ignored: readonly string[];
}

/** What somebody changed in a row, as acts on the break as it is now. @throws SheetProblem when that cannot be meant */
export function editsOf(cells: SheetCells, now: SheetBreak): SheetEdits {
  const edited = Object.fromEntries(EDITABLE_COLUMNS.map((column) => [column, editedCell(cells, column, now)]));
  const current = Object.fromEntries(EDITABLE_COLUMNS.map((column) => [column, EDITABLE[column]?.(now) ?? '']));
  const changed = (column: string): boolean => edited[column] !== current[column];
  const changes = EDITABLE_COLUMNS.filter(changed).map(
    (column) => `${column}: ${current[column] || '-'} -> ${edited[column] || '-'}`,
  );
  return { acts: actsOf(edited, changed), changes, ignored: ignoredOf(cells, now) };
}

/** What is wrong with a row, for its author. */
export class SheetProblem extends Error {}

type Edited = Readonly<Record<string, string>>;

/** Who works it first, the resolution last: what is resolved takes nothing else. */
function actsOf(edited: Edited, changed: (column: string) => boolean): ActRequest[] {
  const { assignee = '', due = '', comment = '', reason = '', resolution = '', expected_on: expectedOn = '' } = edited;
  const wants = (column: string, type: string): boolean => resolution === type || changed(column);
  const why = reason === '' ? null : reason;
  const acts: ActRequest[] = [];
  if (changed('assignee')) acts.push({ action: 'assign', reason: null, parameters: { assignee } });
  if (changed('due')) acts.push({ action: 'reschedule', reason: why, parameters: { dueOn: date('due', due) } });
  if (changed('comment')) acts.push({ action: 'comment', reason: comment, parameters: {} });
  if (
    resolves(
      changed,
      acts.some(({ action }) => action === 'reschedule'),
    )
  ) {
    const parameters = given({
      resolution: resolutionName(resolution),
      expectedOn: wants('expected_on', 'TIMING') && expectedOn !== '' ? date('expected_on', expectedOn) : '',
      counterpart: wants('counterpart', 'FORCE_MATCH') ? (edited['counterpart'] ?? '') : '',
    });
    acts.push({ action: 'resolve', reason: why, parameters });
  }
  return acts;
}

/** A reason belongs to the due date that moved, when nothing else of a resolution changed. */
function resolves(changed: (column: string) => boolean, isRescheduled: boolean): boolean {
  if (['resolution', 'expected_on', 'counterpart'].some(changed)) return true;
  return changed('reason') && !isRescheduled;
}

function resolutionName(text: string): string {
  const name = text.toUpperCase();
  if ((RESOLUTIONS as readonly string[]).includes(name)) return name;
  if (text === '') throw new SheetProblem('resolution is empty: reject or reopen the break to take one back');
  throw new SheetProblem(`resolution "${text}" is none of ${RESOLUTIONS.join(', ')}`);
}

function date(column: string, text: string): string {
  if (isDate(text)) return text;
  throw new SheetProblem(`${column} "${text}" is no date YYYY-MM-DD`);
}

const given = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

const LONGEST: Readonly<Record<string, number>> = { comment: 4_000, reason: 4_000 };
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** A column that the sheet does not have was not edited. */
function editedCell(cells: SheetCells, column: string, now: SheetBreak): string {
  const cell = cells[column];
  if (cell === undefined) return EDITABLE[column]?.(now) ?? '';
  if (FORMULA.test(cell)) throw new SheetProblem(`${column} begins like a formula: write ' before it if it is a text`);
  const text = plain(cell).trim();
  if (CONTROL.test(text)) throw new SheetProblem(`${column} holds a control character`);
  if (text.length > (LONGEST[column] ?? 200)) throw new SheetProblem(`${column} is too long`);
  return column === 'resolution' ? text.toUpperCase() : text;
}

function ignoredOf(cells: SheetCells, now: SheetBreak): string[] {
  return Object.entries(READ_ONLY).flatMap(([column, cell]) => {
    const text = cells[column];
    const isKey = (KEY_COLUMNS as readonly string[]).includes(column);
    return text === undefined || isKey || plain(text).trim() === cell(now).trim() ? [] : [column];
  });
}
