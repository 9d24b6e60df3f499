import { parse } from 'csv-parse/sync';
import type { PoolClient } from 'pg';
import { csvLine } from './csv.ts';
import { readFile, replaceFile } from './file.store.ts';
import { CELL_COLUMNS, CLEAR_ACTION, EXPORT, IMPORTS, type ImportDefinition, LISTS, MODULE, PROCESS } from './model.ts';
import { clearCells, readDimensions, readView, upsertItems, writeRows } from './model.store.ts';
import { judgeCells, judgeItems, missingColumns, type RefusedRow, type Table } from './rows.ts';
import { replaceDump } from './task.store.ts';
import { processResult, type RowCounts, rowsProcessed, type TaskResult, unsuccessful } from './verdict.ts';

/** Runs one action inside the caller's transaction: a cancelled task leaves nothing behind. */
export async function runAction(tx: PoolClient, actionId: string, taskId: string, at: Date): Promise<TaskResult> {
  if (actionId === PROCESS.id) return runProcess(tx, taskId, at);
  if (actionId === EXPORT.id) return runExport(tx);
  if (actionId === CLEAR_ACTION.id) return runClear(tx);
  const definition = IMPORTS.find((item) => item.id === actionId);
  if (definition === undefined) throw new Error(`no such action: ${actionId}`);
  return runImport(tx, definition, taskId, at);
}

/** The name of an action by its id. */
export function actionName(actionId: string): string {
  const named = [PROCESS, EXPORT, CLEAR_ACTION, ...IMPORTS].find((action) => action.id === actionId);
  return named?.name ?? actionId;
}

async function runProcess(tx: PoolClient, taskId: string, at: Date): Promise<TaskResult> {
  const results: TaskResult[] = [];
  for (const definition of PROCESS.imports) results.push(await runImport(tx, definition, taskId, at));
  return processResult(PROCESS.id, PROCESS.name, results);
}

async function runImport(tx: PoolClient, definition: ImportDefinition, taskId: string, at: Date): Promise<TaskResult> {
  const content = await readFile(tx, definition.fileId);
  if (content === null) return unsuccessful(definition.id, definition.name, 'The import file has no content');
  const table = readTable(content);
  const missing = missingColumns(table, definition.target.kind);
  if (missing.length > 0) {
    return unsuccessful(definition.id, definition.name, `The import file has no column ${missing.join(', ')}`);
  }
  const target = definition.target;
  const outcome = target.kind === 'list' ? await loadItems(tx, target.listId, table) : await loadCells(tx, table);
  await replaceDump(tx, taskId, definition.id, dumpOf(table, outcome.refused), at);
  return {
    objectId: definition.id,
    objectName: definition.name,
    successful: true,
    failureDumpAvailable: outcome.refused.length > 0,
    details: [rowsProcessed(outcome.name, outcome.counts)],
  };
}

interface Loaded {
  readonly name: string;
  readonly counts: RowCounts;
  readonly refused: readonly RefusedRow[];
}

async function loadItems(tx: PoolClient, listId: string, table: Table): Promise<Loaded> {
  const judged = judgeItems(table);
  const created = await upsertItems(tx, listId, judged.accepted);
  const name = LISTS.find((list) => list.id === listId)?.name ?? listId;
  return { name, refused: judged.refused, counts: countRows(created, judged.accepted.length, judged.refused) };
}

async function loadCells(tx: PoolClient, table: Table): Promise<Loaded> {
  const judged = judgeCells(table, await readDimensions(tx));
  await writeRows(tx, judged.accepted);
  return { name: MODULE.name, refused: judged.refused, counts: countRows(0, judged.accepted.length, judged.refused) };
}

function countRows(created: number, accepted: number, refused: readonly RefusedRow[]): RowCounts {
  const failed = refused.filter((row) => row.fate === 'failed').length;
  return { created, updated: accepted - created, failed, ignored: refused.length - failed };
}

/** The dump repeats every refused row behind its error text, under the file's own header. */
function dumpOf(table: Table, refused: readonly RefusedRow[]): string {
  if (refused.length === 0) return '';
  const lines = refused.map((row) => csvLine([row.reason, ...row.row]));
  return csvLine(['Error', ...table.header]) + lines.join('');
}

/** Reads what was uploaded, also when two uploads ran into each other: such rows must fail, not the import. */
function readTable(content: Buffer): Table {
  const records = parse(content, {
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  const [header = [], ...rows] = records;
  return { header, rows };
}

async function runExport(tx: PoolClient): Promise<TaskResult> {
  const rows = await readView(tx, MODULE, true);
  const lines = rows.map((row) => csvLine([...row.items, ...row.values]));
  await replaceFile(tx, EXPORT.id, Buffer.from(csvLine(CELL_COLUMNS) + lines.join('')));
  return { objectId: EXPORT.id, objectName: EXPORT.name, successful: true, failureDumpAvailable: false };
}

async function runClear(tx: PoolClient): Promise<TaskResult> {
  await clearCells(tx, MODULE);
  return { objectId: CLEAR_ACTION.id, objectName: CLEAR_ACTION.name, successful: true, failureDumpAvailable: false };
}
