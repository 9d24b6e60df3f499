/**
 * The model that the sandbox is seeded with: receivables by legal entity, currency and month, loaded by an integration, and a
 * forecast by version, legal entity, currency and month, planned by people.
 * Ids follow the vendor's families: 32 hex for workspace (lower) and model (upper), 12 digits with a prefix per kind.
 */
export const WORKSPACE = { id: '8a81b0116c2f4d7e016c2f4d7e9a0001', name: 'Finance' } as const;
export const MODEL = { id: '6E0B5C1D9F3A4E72B8C4D0A1E2F35B77', name: 'Receivables' } as const;
export const USER = { id: '8a81b0116c2f4d7e016c2f4d7e9a0002', email: 'integration@tieout.example' } as const;

export const LEGAL_ENTITIES = { id: '101000000001', name: 'Legal Entities' } as const;
export const CURRENCIES = { id: '101000000002', name: 'Currencies' } as const;
export const LISTS = [LEGAL_ENTITIES, CURRENCIES] as const;
/** Time and versions are dimensions with ids of their own in every model. */
export const TIME = { id: '20000000003', name: 'Time' } as const;
/** Calendar of a model whose options name none. */
export const YEARS = { first: 2010, last: 2030 } as const;

export const VERSIONS = { id: '20000000020', name: 'Versions' } as const;
/** What a new model has: one version for actuals, and two that are planned. */
export const SEEDED_VERSIONS = [
  { id: '107000000001', name: 'Actual', isActual: true, isCurrent: false },
  { id: '107000000002', name: 'Forecast', isActual: false, isCurrent: true },
  { id: '107000000003', name: 'Budget', isActual: false, isCurrent: false },
] as const;

export interface LineItem {
  readonly id: string;
  readonly name: string;
  readonly scale: number;
}

export interface ModuleDefinition {
  readonly id: string;
  readonly name: string;
  /** Whether its cells are by version too, before legal entity, currency and month. */
  readonly versioned: boolean;
  readonly lineItems: readonly LineItem[];
}

/** `scale` is the number of decimals that the line item's format takes. */
export const LINE_ITEMS = [
  { id: '206000000001', name: 'Invoices', scale: 0 },
  { id: '206000000002', name: 'Invoiced', scale: 4 },
  { id: '206000000003', name: 'Cash Received', scale: 4 },
  { id: '206000000004', name: 'Open', scale: 4 },
] as const;
export const MODULE = {
  id: '102000000001',
  name: 'Receivables',
  versioned: false,
  lineItems: LINE_ITEMS,
} as const satisfies ModuleDefinition;
export const FORECAST_MODULE = {
  id: '102000000002',
  name: 'Forecast',
  versioned: true,
  lineItems: [
    { id: '206000000005', name: 'Billings', scale: 4 },
    { id: '206000000006', name: 'Collections', scale: 4 },
  ],
} as const satisfies ModuleDefinition;
export const MODULES: readonly ModuleDefinition[] = [MODULE, FORECAST_MODULE];

/** Dimensions of a module in the order of its views. */
export const dimensionsOf = ({
  versioned,
}: ModuleDefinition): readonly { readonly id: string; readonly name: string }[] =>
  versioned ? [VERSIONS, LEGAL_ENTITIES, CURRENCIES, TIME] : [LEGAL_ENTITIES, CURRENCIES, TIME];

/** The default view of a module has the module's id; the saved one is filtered to rows with a value. */
export interface ViewDefinition {
  readonly id: string;
  readonly name: string;
  readonly filtered: boolean;
  readonly module: ModuleDefinition;
}
export const SAVED_VIEW = {
  id: '106000000001',
  name: 'Receivables with data',
  filtered: true,
  module: MODULE,
} as const;
export const FORECAST_VIEW = {
  id: '106000000002',
  name: 'Forecast with data',
  filtered: true,
  module: FORECAST_MODULE,
} as const;
export const VIEWS: readonly ViewDefinition[] = [
  ...MODULES.map((module) => ({ id: module.id, name: module.name, filtered: false, module })),
  SAVED_VIEW,
  FORECAST_VIEW,
];

export const DIMENSION_COLUMNS = ['Legal Entity', 'Currency', 'Month'] as const;

export const FILES = [
  { id: '113000000001', name: 'legal-entities.csv' },
  { id: '113000000002', name: 'currencies.csv' },
  { id: '113000000003', name: 'receivables.csv' },
] as const;

export type ImportTarget = { readonly kind: 'list'; readonly listId: string } | { readonly kind: 'module' };
export interface ImportDefinition {
  readonly id: string;
  readonly name: string;
  readonly fileId: string;
  readonly target: ImportTarget;
}

export const IMPORTS: readonly ImportDefinition[] = [
  {
    id: '112000000001',
    name: 'Legal Entities from legal-entities.csv',
    fileId: '113000000001',
    target: { kind: 'list', listId: LEGAL_ENTITIES.id },
  },
  {
    id: '112000000002',
    name: 'Currencies from currencies.csv',
    fileId: '113000000002',
    target: { kind: 'list', listId: CURRENCIES.id },
  },
  {
    id: '112000000003',
    name: 'Receivables from receivables.csv',
    fileId: '113000000003',
    target: { kind: 'module' },
  },
];

export const EXPORT = { id: '116000000001', name: 'Receivables.csv' } as const;
export const CLEAR_ACTION = { id: '117000000001', name: 'Clear Receivables' } as const;
/** Lists first, so that a new item exists before the cells that name it. */
export const PROCESS = { id: '118000000001', name: 'Load Receivables', imports: IMPORTS } as const;

/** What a list import needs: the header of its file. */
export const LIST_COLUMNS = ['Code', 'Name'] as const;
/** What the module import needs: dimensions by code (months by name), then one column per line item. */
export const CELL_COLUMNS: readonly string[] = [...DIMENSION_COLUMNS, ...LINE_ITEMS.map((item) => item.name)];
