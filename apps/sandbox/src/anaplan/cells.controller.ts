import { randomUUID } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import type { Context } from './context.ts';
import { csvLine } from './csv.ts';
import { ApiError, notFound, objectBody } from './envelope.ts';
import {
  CURRENCIES,
  dimensionsOf,
  LEGAL_ENTITIES,
  type ModuleDefinition,
  MODULES,
  TIME,
  VERSIONS,
  type ViewDefinition,
  VIEWS,
} from './model.ts';
import {
  type CellValue,
  readDimensions,
  readItems,
  readTime,
  readVersions,
  readView,
  type ViewRow,
  writeCells,
} from './model.store.ts';
import { bodyArray, parseExactJson } from './request-body.ts';
import { isNumber } from './rows.ts';

const MAX_CELLS_A_WRITE = 1000;
const MAX_CELLS_A_READ = 1_000_000;
const ROWS_A_PAGE = 2000;

/** Cell reads by view and cell writes by coordinates. */
export function cellsRouter(context: Context): Router {
  const router = express.Router({ mergeParams: true });
  router.post('/modules/:moduleId/data', (request, response) => write(context, request, response));
  router.get('/views/:viewId/data', (request, response) => read(context, request, response));
  router.post('/views/:viewId/readRequests', (request, response) => startRead(context, request, response));
  router.get('/views/:viewId/readRequests/:requestId', async (request, response) => {
    response.json(
      objectBody(context.baseUrl(), 'viewReadRequest', { viewReadRequest: await readRequest(context, request) }),
    );
  });
  router.get('/views/:viewId/readRequests/:requestId/pages/:number', async (request, response) => {
    const found = await context.pool.query<{ page: string | null }>(
      'select pages[$3::int + 1] as page from read_request where id = $1 and view_id = $2',
      [request.params.requestId, request.params.viewId, pageNumber(request)],
    );
    if (found.rows[0]?.page == null) throw notFound();
    response.type('text/csv').send(found.rows[0].page);
  });
  router.delete('/views/:viewId/readRequests/:requestId', async (request, response) => {
    const viewReadRequest = await readRequest(context, request);
    await context.pool.query('delete from read_request where id = $1', [request.params.requestId]);
    response.json(objectBody(context.baseUrl(), 'viewReadRequest', { viewReadRequest }));
  });
  return router;
}

async function read(context: Context, request: Request, response: Response): Promise<void> {
  const { module, filtered } = viewOf(request);
  const rows = await readView(context.pool, module, filtered);
  if (rows.length * module.lineItems.length > MAX_CELLS_A_READ) throw new ApiError(413, 'The view has too many cells');
  const wantsJson =
    request.query['format'] === 'v1' && request.accepts(['text/csv', 'application/json']) === 'application/json';
  if (!wantsJson)
    return void response.type('text/csv').send(csvLine(viewColumns(module)) + rows.map(viewLine).join(''));
  response.json({
    pages: [],
    columnCoordinates: module.lineItems.map((item) => [item.name]),
    rows: rows.map((row) => ({ rowCoordinates: row.items, cells: row.values })),
  });
}

const viewColumns = (module: ModuleDefinition): string[] =>
  [...dimensionsOf(module), ...module.lineItems].map(({ name }) => name);
const viewLine = (row: ViewRow): string => csvLine([...row.items, ...row.values]);

/** A large read: the pages are cut when it is asked for, so a later write does not show in them. */
async function startRead(context: Context, request: Request, response: Response): Promise<void> {
  const view = viewOf(request);
  const lines = (await readView(context.pool, view.module, view.filtered)).map(viewLine);
  const pages = [csvLine(viewColumns(view.module)) + lines.slice(0, ROWS_A_PAGE).join('')];
  for (let at = ROWS_A_PAGE; at < lines.length; at += ROWS_A_PAGE)
    pages.push(lines.slice(at, at + ROWS_A_PAGE).join(''));
  const requestId = randomUUID().replaceAll('-', '').toUpperCase();
  await context.pool.query('insert into read_request (id, view_id, pages) values ($1, $2, $3)', [
    requestId,
    view.id,
    pages,
  ]);
  const viewReadRequest = { requestId, requestState: 'IN_PROGRESS', viewId: view.id };
  response.json(objectBody(context.baseUrl(), 'viewReadRequest', { viewReadRequest }));
}

async function readRequest(context: Context, request: Request): Promise<Record<string, unknown>> {
  const { viewId, requestId } = request.params;
  const found = await context.pool.query<{ pages: number }>(
    'select cardinality(pages) as pages from read_request where id = $1 and view_id = $2',
    [requestId, viewId],
  );
  const row = found.rows[0];
  if (row === undefined) throw notFound();
  const url = `${context.baseUrl()}${request.originalUrl}/pages`;
  return { requestId, requestState: 'COMPLETE', availablePages: row.pages, successful: true, url, viewId };
}

function viewOf(request: Request): ViewDefinition {
  const view = VIEWS.find((candidate) => candidate.id === request.params['viewId']);
  if (view === undefined) throw notFound();
  return view;
}

function pageNumber(request: Request): number {
  const text = String(request.params['number']);
  if (!/^\d{1,6}$/.test(text)) throw new ApiError(400, 'Invalid page number');
  return Number(text);
}

interface CellFailure {
  readonly requestIndex: number;
  readonly failureType: string;
  readonly failureMessageDetails: string;
}

/** Every entry stands for itself: the good ones are written, the others are listed with their index. */
async function write(context: Context, request: Request, response: Response): Promise<void> {
  const module = MODULES.find(({ id }) => id === request.params['moduleId']);
  if (module === undefined) throw notFound();
  const entries = bodyArray(parseExactJson(String(request.body)), MAX_CELLS_A_WRITE);
  const resolve = await cellResolver(context, module);
  const cells: CellValue[] = [];
  const failures: CellFailure[] = [];
  entries.forEach((entry, requestIndex) => {
    const cell = resolve(entry);
    if (typeof cell !== 'string') cells.push(cell);
    else failures.push({ requestIndex, failureType: 'INCORRECT_FORMAT', failureMessageDetails: cell });
  });
  const last = new Map(
    cells.map((cell) => [[cell.version, cell.legalEntity, cell.currency, cell.period, cell.lineItem].join(), cell]),
  );
  await writeCells(context.pool, [...last.values()]);
  response.json(objectBody(context.baseUrl(), 'cells', { numberOfCellsChanged: cells.length, failures }));
}

/** Decides one entry of a cell write: the cell, or why it is none. */
async function cellResolver(
  context: Context,
  module: ModuleDefinition,
): Promise<(entry: Record<string, unknown>) => CellValue | string> {
  const dimensions = await readDimensions(context.pool);
  const ids = new Map(
    (await Promise.all([LEGAL_ENTITIES.id, CURRENCIES.id].map((list) => readItems(context.pool, list))))
      .flat()
      .map((item) => [item.id, item.id] as const),
  );
  const time = new Map((await readTime(context.pool)).map((item) => [item.id, item] as const));
  const versions = new Map((await readVersions(context.pool)).map((item) => [item.id, item] as const));
  return (entry) => {
    const lineItem = module.lineItems.find(
      (item) => item.id === entry['lineItemId'] || item.name === entry['lineItemName'],
    );
    if (lineItem === undefined) return 'Unknown line item';
    const named = namedItems(entry['dimensions']);
    const version = module.versioned ? pick(named, VERSIONS, dimensions.versions, selves(versions)) : null;
    const legalEntity = pick(named, LEGAL_ENTITIES, dimensions.legalEntities, ids);
    const currency = pick(named, CURRENCIES, dimensions.currencies, ids);
    const period = pick(named, TIME, dimensions.months, selves(time));
    if (version === undefined || legalEntity === undefined || currency === undefined || period === undefined)
      return 'Unknown dimension item';
    if (time.get(period)?.kind === 'YEAR') return 'Aggregate cells cannot be written';
    // Actuals are loaded by imports; nobody types over them.
    if (version !== null && versions.get(version)?.isActual) return 'The actual version is read-only';
    const value = entry['value'];
    if (typeof value !== 'string' || !isNumber(value, lineItem.scale)) return 'Invalid value';
    return { version, legalEntity, currency, period, lineItem: lineItem.id, value };
  };
}

const selves = (items: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> =>
  new Map([...items.keys()].map((id) => [id, id]));

function namedItems(dimensions: unknown): Map<string, string> {
  const entries = Array.isArray(dimensions) ? (dimensions as Record<string, unknown>[]) : [];
  return new Map(
    entries.map((entry) => [
      String(entry['dimensionId'] ?? entry['dimensionName']),
      String(entry['itemId'] ?? entry['itemCode'] ?? entry['itemName']),
    ]),
  );
}

function pick(
  named: ReadonlyMap<string, string>,
  dimension: { readonly id: string; readonly name: string },
  items: ReadonlyMap<string, string>,
  ids: ReadonlyMap<string, string>,
): string | undefined {
  const item = named.get(dimension.id) ?? named.get(dimension.name);
  return item === undefined ? undefined : (ids.get(item) ?? items.get(item));
}
