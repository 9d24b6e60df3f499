import { gzipSync } from 'node:zlib';
import { TransientError } from '@tieout/messaging';
import { createApi, type Api } from './api.client.ts';
import {
  CELL_COLUMNS,
  ITEM_COLUMNS,
  type PlanningCell,
  type PlanningItem,
  toCsv,
  toImportRow,
  toItemRow,
} from './cells.map.ts';
import type { AnaplanConfig } from './config.ts';
import { type ForecastWrite, readForecast, readVersions, writeForecast } from './forecast.client.ts';
import type { ForecastCell, PlanningVersion } from './forecast.map.ts';
import { idOf, readCells, records } from './read.client.ts';
import { type FileOutcome, fileOutcome, leafResults, type RefusedRow } from './verdict.map.ts';
import type { NamedObject, Task, TaskResult, VendorImport } from './vendor-types.ts';

/** What is loaded in one go: the items that the cells need, and the cells. */
export interface Load {
  readonly legalEntities: readonly PlanningItem[];
  readonly currencies: readonly PlanningItem[];
  readonly cells: readonly PlanningCell[];
}

/** What became of a load. `cells.refused[].row` counts `Load.cells` from 1. */
export interface LoadOutcome {
  readonly taskId: string;
  readonly cells: FileOutcome;
  readonly items: readonly FileOutcome[];
}

export interface AnaplanClient {
  /**
   * Uploads the files, runs the process and reads the verdict on every row. `beforeStart` runs right before each upload and
   * right before the import is started: the files are shared by all writers of the model. When it throws, that step and
   * those after it are not taken, and nothing was imported.
   * @throws TransientError `anaplan-outcome-unknown` when the import may or may not have run: load the same cells again.
   */
  load(load: Load, beforeStart: () => Promise<void>, signal?: AbortSignal): Promise<LoadOutcome>;
  /** Every cell with a value, digits as the vendor sends them; one reading, later writes do not show in it. */
  readCells(signal?: AbortSignal): AsyncGenerator<readonly PlanningCell[]>;
  /** Every version of the model, those of actuals too. */
  versions(signal?: AbortSignal): Promise<readonly PlanningVersion[]>;
  /**
   * Every planned value of every version that is not of actuals; one reading, later writes do not show in it.
   * @throws TransientError `anaplan-reading-torn` when the view has a version that was not listed just before: read again
   */
  readForecast(signal?: AbortSignal): AsyncGenerator<readonly ForecastCell[]>;
  /** Writes planned values as a planner does; what the model refuses is named, the rest is written. A 0 removes a value. */
  writeForecast(cells: readonly Omit<ForecastCell, 'version'>[], signal?: AbortSignal): Promise<ForecastWrite>;
}

/** Columns that identify a row of each file. */
const CELL_KEYS = 3;
const ITEM_KEYS = 1;

interface Ids {
  readonly process: string;
  readonly files: Readonly<Record<'legalEntity' | 'currency' | 'cell', string>>;
  readonly imports: readonly VendorImport[];
}

/** A client of one model. Holds a token, no connection; nothing to close. */
export function createAnaplanClient(config: AnaplanConfig): AnaplanClient {
  const connect = createApi(config);
  let ids: Promise<Ids> | undefined;
  const resolved = (): Promise<Ids> => {
    ids ??= resolveIds(connect(), config).catch((error: unknown) => {
      ids = undefined;
      throw error;
    });
    return ids;
  };
  return {
    load: async (load, beforeStart, signal) => runLoad(connect(signal), config, await resolved(), load, beforeStart),
    readCells: (signal) => readCells(connect(signal), config),
    versions: (signal) => readVersions(connect(signal)),
    readForecast: (signal) => readForecast(connect(signal), config),
    writeForecast: (cells, signal) => writeForecast(connect(signal), config, cells),
  };
}

async function resolveIds(api: Api, config: AnaplanConfig): Promise<Ids> {
  const files = await api.collection<NamedObject>('files', '/files', 'files');
  const processes = await api.collection<NamedObject>('processes', '/processes', 'processes');
  const imports = await api.collection<VendorImport>('imports', '/imports', 'imports');
  return {
    process: idOf('process', processes, config.process),
    files: {
      legalEntity: idOf('file', files, config.legalEntityFile),
      currency: idOf('file', files, config.currencyFile),
      cell: idOf('file', files, config.cellFile),
    },
    imports,
  };
}

async function runLoad(
  api: Api,
  config: AnaplanConfig,
  ids: Ids,
  load: Load,
  beforeStart: () => Promise<void>,
): Promise<LoadOutcome> {
  const placed = load.cells.map((cell) => toImportRow(cell));
  const rows = {
    legalEntity: load.legalEntities.map(toItemRow),
    currency: load.currencies.map(toItemRow),
    cell: placed.filter((row) => row !== null),
  };
  // A task of an earlier attempt may still read the files: it must end before they are replaced.
  await settleEarlierTasks(api, ids.process);
  for (const [file, text] of [
    [ids.files.legalEntity, toCsv(ITEM_COLUMNS, rows.legalEntity)],
    [ids.files.currency, toCsv(ITEM_COLUMNS, rows.currency)],
    [ids.files.cell, toCsv(CELL_COLUMNS, rows.cell)],
  ] as const) {
    await beforeStart();
    await upload(api, config, file, text);
  }
  await beforeStart();
  const task = await runProcess(api, ids.process);
  const outcomeOf = async (file: keyof Ids['files'], keys: number): Promise<FileOutcome> => {
    const result = resultFor(task, ids, ids.files[file]);
    const dump = result?.failureDumpAvailable
      ? await readDump(api, ids.process, task.taskId, result.objectId ?? '')
      : null;
    return fileOutcome(rows[file], keys, result, dump);
  };
  // The dump of this run is overwritten by the next one: fetched at once.
  const items = [await outcomeOf('legalEntity', ITEM_KEYS), await outcomeOf('currency', ITEM_KEYS)];
  return { taskId: task.taskId, items, cells: withUnplaced(load.cells, placed, await outcomeOf('cell', CELL_KEYS)) };
}

/** Puts the rows that could not be sent back to their place, as refused ones, so that rows count the cells of the load. */
function withUnplaced(
  cells: readonly PlanningCell[],
  placed: readonly (readonly string[] | null)[],
  outcome: FileOutcome,
): FileOutcome {
  const positions = placed.flatMap((row, index) => (row === null ? [] : [index + 1]));
  const sent = outcome.refused.map((row) => ({ ...row, row: positions[row.row - 1] ?? row.row }));
  const unplaced: RefusedRow[] = placed.flatMap((row, index) => {
    const cell = cells[index];
    if (row !== null || cell === undefined) return [];
    const place = `${cell.legalEntity} / ${cell.currency} / ${cell.month}`;
    return [{ row: index + 1, cell: place, reason: 'The calendar of the model has no such month' }];
  });
  const refused = [...sent, ...unplaced].sort((a, b) => a.row - b.row);
  return { ...outcome, sent: cells.length, refused };
}

/** A file of a known number of chunks, each its own gzip archive; the bytes are joined, so a chunk may end mid-row. */
async function upload(api: Api, config: AnaplanConfig, fileId: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const count = Math.max(1, Math.ceil(bytes.length / config.chunkBytes));
  await api.call('upload', 'POST', `/files/${fileId}`, JSON.stringify({ chunkCount: count }));
  for (let index = 0; index < count; index += 1) {
    const chunk = gzipSync(bytes.subarray(index * config.chunkBytes, (index + 1) * config.chunkBytes));
    await api.call('chunk', 'PUT', `/files/${fileId}/chunks/${index}`, chunk, 'application/x-gzip');
  }
}

const isOver = (task: Task): boolean => task.taskState === 'COMPLETE' || task.taskState === 'CANCELLED';

async function settleEarlierTasks(api: Api, process: string): Promise<void> {
  const tasks = await api.collection<Task>('tasks', `/processes/${process}/tasks`, 'tasks');
  for (const task of tasks.filter((candidate) => !isOver(candidate))) await awaitTask(api, process, task.taskId);
}

/** Starts the process and waits for its end. */
async function runProcess(api: Api, process: string): Promise<Task> {
  const path = `/processes/${process}/tasks`;
  const start = api.object<{ taskId: string }>('start', 'POST', path, 'task', '{"localeName":"en_US"}');
  const { taskId } = await start.catch((error: unknown) => {
    // Only a refusal says that nothing runs; no answer, or a 5xx, says nothing.
    const refused = error instanceof TransientError && REFUSALS.includes(error.code);
    throw refused ? error : outcomeUnknown(error);
  });
  return awaitTask(api, process, taskId).catch((error: unknown) => {
    throw outcomeUnknown(error);
  });
}

const REFUSALS = ['anaplan-rate-limited', 'anaplan-busy'];

/** Whether the import ran is open: that has a code of its own. */
function outcomeUnknown(error: unknown): unknown {
  if (!(error instanceof TransientError)) return error;
  return new TransientError('anaplan-outcome-unknown', `Whether the import ran is not known: ${error.message}`, {
    cause: error,
  });
}

async function awaitTask(api: Api, process: string, taskId: string): Promise<Task> {
  const path = `/processes/${process}/tasks/${taskId}`;
  const task = await api.poll(() => api.object<Task>('task', 'GET', path, 'task'), isOver);
  if (task === null) throw new TransientError('anaplan-task-running', `Anaplan task ${taskId} has not ended in time`);
  return task;
}

/** The result of the import that reads a file; null when the task was cancelled or did not run it. */
function resultFor(task: Task, ids: Ids, fileId: string): TaskResult | null {
  if (task.taskState !== 'COMPLETE' || task.result === undefined) return null;
  const importIds = ids.imports.filter((item) => item.importDataSourceId === fileId).map((item) => item.id);
  const leaf = leafResults(task.result).find((result) => importIds.includes(result.objectId ?? ''));
  return leaf ?? (task.result.successful ? null : { ...task.result, failureDumpAvailable: false });
}

async function readDump(api: Api, process: string, taskId: string, objectId: string): Promise<string[][]> {
  const path = `/processes/${process}/tasks/${taskId}/dumps/${objectId}/chunks`;
  const chunks = await api.object<NamedObject[]>('dump', 'GET', path, 'chunks');
  let text = '';
  for (const chunk of chunks) text += (await api.call('dump chunk', 'GET', `${path}/${chunk.id}`)).text;
  return records(text);
}
