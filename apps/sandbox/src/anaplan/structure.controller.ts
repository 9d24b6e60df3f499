import express, { type Request, type Response, type Router } from 'express';
import { readChunkCounts } from './file.store.ts';
import type { Context } from './context.ts';
import { notFound, objectBody, pageBody, pageRequest } from './envelope.ts';
import {
  CLEAR_ACTION,
  CURRENCIES,
  dimensionsOf,
  EXPORT,
  FILES,
  IMPORTS,
  LEGAL_ENTITIES,
  LISTS,
  type ModuleDefinition,
  MODULES,
  PROCESS,
  TIME,
  VERSIONS,
  type ViewDefinition,
  VIEWS,
} from './model.ts';
import { readItems, readTime, readVersions, type StoredItem, type StoredVersion } from './model.store.ts';
import { bodyObject } from './request-body.ts';

/** What the model consists of: modules, line items, views, lists, actions, time. Reads only. */
export function structureRouter(context: Context): Router {
  const router = express.Router({ mergeParams: true });
  const page = (request: Request, response: Response, key: string, items: readonly unknown[]): void => {
    const path = request.originalUrl.split('?')[0] ?? '';
    response.json(pageBody(context.baseUrl(), key, items, pageRequest(path, request.query)));
  };
  const object = (response: Response, schema: string, fields: Record<string, unknown>): void =>
    void response.json(objectBody(context.baseUrl(), schema, fields));

  router.get('/modules', (request, response) =>
    page(
      request,
      response,
      'modules',
      MODULES.map(({ id, name }) => ({ id, name })),
    ),
  );
  router.get('/lineItems', (request, response) =>
    page(
      request,
      response,
      'items',
      MODULES.flatMap((module) => lineItems(request, module)),
    ),
  );
  router.get('/modules/:moduleId/lineItems', (request, response) =>
    page(request, response, 'items', lineItems(request, moduleOf(request))),
  );
  router.get('/views', (request, response) => page(request, response, 'views', VIEWS.map(viewOf)));
  router.get('/modules/:moduleId/views', (request, response) => {
    const module = moduleOf(request);
    page(request, response, 'views', VIEWS.filter((view) => view.module === module).map(viewOf));
  });
  router.get('/views/:viewId', (request, response) => {
    const view = VIEWS.find((candidate) => candidate.id === request.params.viewId);
    if (view === undefined) throw notFound();
    object(response, 'view', {
      viewId: view.id,
      viewName: view.name,
      rows: dimensionsOf(view.module),
      columns: [{ id: '20000000012', name: 'Line items' }],
    });
  });
  router.get('/lists', (request, response) => page(request, response, 'lists', LISTS));
  router.get('/lists/:listId', async (request, response) => {
    const list = LISTS.find((candidate) => candidate.id === request.params.listId);
    if (list === undefined) throw notFound();
    object(response, 'list', { metadata: listMetadata(list, (await readItems(context.pool, list.id)).length) });
  });
  router.get('/dimensions/:dimensionId/items', async (request, response) => {
    const items = await dimensionItems(context, request.params.dimensionId);
    object(response, 'dimension', items.length > 0 ? { items } : {});
  });
  router.post('/dimensions/:dimensionId/items', async (request, response) => {
    const asked = bodyObject(request.body);
    const wanted = [asked['codes'], asked['names']].flat();
    const items = await dimensionItems(context, request.params.dimensionId);
    const found = items.filter(({ code, name }) => wanted.includes(code) || wanted.includes(name));
    object(response, 'dimension', found.length > 0 ? { items: found } : {});
  });
  router.get('/imports', (request, response) => page(request, response, 'imports', IMPORTS.map(importOf)));
  router.get('/processes', (request, response) =>
    page(request, response, 'processes', [{ id: PROCESS.id, name: PROCESS.name }]),
  );
  router.get('/exports', (request, response) => page(request, response, 'exports', [exportOf()]));
  router.get('/actions', (request, response) =>
    page(request, response, 'actions', [{ ...CLEAR_ACTION, actionType: 'BULK_DELETE_ENTITIES' }]),
  );
  router.get('/files', async (request, response) => {
    const counts = await readChunkCounts(context.pool);
    page(
      request,
      response,
      'files',
      [...FILES, EXPORT].map((file) => fileOf(file, counts.get(file.id) ?? 0)),
    );
  });
  router.get('/versions', async (_request, response) => {
    const versionMetadata = (await readVersions(context.pool)).map(versionOf);
    object(response, 'version', versionMetadata.length > 0 ? { versionMetadata } : {});
  });
  router.get('/currentPeriod', (_request, response) =>
    object(response, 'currentPeriod', { currentPeriod: { periodText: '', lastDay: '', calendarType: CALENDAR } }),
  );
  return router;
}

const CALENDAR = 'Calendar Months/Quarters/Years';

function moduleOf(request: Request): ModuleDefinition {
  const module = MODULES.find(({ id }) => id === request.params['moduleId']);
  if (module === undefined) throw notFound();
  return module;
}

/** A version as the vendor describes it; its edit window is the whole calendar. */
const versionOf = ({ id, name, isActual, isCurrent }: StoredVersion): Record<string, unknown> => ({
  ...{ id, name, isCurrent, isActual },
  editFrom: { periodText: 'Start of Timescale', date: '1900-01-01' },
  editTo: { periodText: 'End of Timescale', date: '2399-12-31' },
});

/** A file as the vendor describes it. */
export function fileOf(
  file: { readonly id: string; readonly name: string },
  chunkCount: number,
): Record<string, unknown> {
  const separators = {
    delimiter: '"',
    encoding: 'UTF-8',
    firstDataRow: 2,
    format: 'txt',
    headerRow: 1,
    separator: ',',
  };
  return { id: file.id, name: file.name, chunkCount, ...separators };
}

function lineItems(request: Request, module: ModuleDefinition): unknown[] {
  if (request.query['includeAll'] !== 'true') return module.lineItems.map(({ id, name }) => ({ id, name }));
  return module.lineItems.map(({ id, name, scale }) => ({
    id,
    name,
    moduleId: module.id,
    moduleName: module.name,
    format: 'NUMBER',
    formatMetadata: numberFormat(scale),
    summary: 'Sum',
    appliesTo: [LEGAL_ENTITIES, CURRENCIES],
    dataTags: [],
    referencedBy: [],
    timeScale: 'Month',
    timeRange: 'Model Calendar',
    version: module.versioned ? { id: VERSIONS.id, name: 'All' } : { id: '107000000001', name: 'Actual' },
    style: 'Normal',
    notes: '',
    isSummary: false,
    formulaScope: 'All Versions',
    useSwitchover: false,
    breakback: false,
    broughtForward: false,
    startOfSection: false,
  }));
}

const numberFormat = (scale: number): Record<string, unknown> => ({
  dataType: 'NUMBER',
  comparisonIncrease: 'GOOD',
  customUnits: null,
  decimalPlaces: scale,
  decimalSeparator: 'FULL_STOP',
  unitsDisplayType: 'NONE',
  unitsType: 'NONE',
  zeroFormat: 'ZERO',
  groupingSeparator: 'NONE',
  minimumSignificantDigits: -1,
  negativeNumberNotation: 'MINUS_SIGN',
});

const listMetadata = (list: { id: string; name: string }, itemCount: number): Record<string, unknown> => ({
  ...list,
  hasSelectiveAccess: false,
  properties: [],
  productionData: false,
  managedBy: '-',
  numberedList: false,
  useTopLevelAsPageDefault: false,
  itemCount,
  workflowEnabled: false,
  permittedItems: 999_999_999,
});

const viewOf = (view: ViewDefinition): Record<string, unknown> => ({
  code: '',
  id: view.id,
  name: view.name,
  moduleId: view.module.id,
});

const importOf = (definition: (typeof IMPORTS)[number]): Record<string, unknown> => ({
  id: definition.id,
  name: definition.name,
  importDataSourceId: definition.fileId,
  importType: definition.target.kind === 'list' ? 'HIERARCHY_DATA' : 'MODULE_DATA',
});

const exportOf = (): Record<string, unknown> => ({
  ...EXPORT,
  exportType: 'TABULAR_MULTI_COLUMN',
  exportFormat: 'text/csv',
  encoding: 'UTF-8',
  layout: 'TABULAR_MULTI_COLUMN',
});

async function dimensionItems(context: Context, dimensionId: string): Promise<StoredItem[]> {
  if (dimensionId === TIME.id) return (await readTime(context.pool)).map(({ id, code, name }) => ({ id, code, name }));
  if (dimensionId === VERSIONS.id)
    return (await readVersions(context.pool)).map(({ id, code, name }) => ({ id, code, name }));
  if (!LISTS.some((list) => list.id === dimensionId)) throw notFound();
  return readItems(context.pool, dimensionId);
}
