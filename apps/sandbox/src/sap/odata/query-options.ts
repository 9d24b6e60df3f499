import { needProperty } from './edm.ts';
import { parseFilter, type Filter } from './filter.ts';
import type { EntitySet, ODataService, Property } from './model.ts';
import { projectionOf, type Projection } from './projection.ts';
import { malformed } from './refusals.ts';

export interface Query {
  readonly filter: Filter | null;
  readonly projection: Projection;
  readonly order: readonly { readonly property: Property; readonly descending: boolean }[];
  readonly top: number | null;
  readonly skip: number;
  /** Rows of earlier pages. */
  readonly taken: number;
  readonly inlineCount: boolean;
  /** Rows are added up by the selected properties that are no measures. */
  readonly grouped: boolean;
}

const maximumText = 16_000;
const known = ['$filter', '$select', '$expand', '$orderby', '$top', '$skip', '$skiptoken', '$inlinecount', '$format'];

/**
 * Reads the query options of a GET. Options without `$` are the client's own business, as `sap-client`.
 * @throws SapError 400
 */
export function parseQuery(service: ODataService, set: EntitySet, search: URLSearchParams): Query {
  checkNames(search);
  const filter = search.get('$filter');
  const projection = projectionOf(service, set, search.get('$select'), search.get('$expand'));
  const grouped = isGrouped(set, projection);
  const order = parseOrder(search.get('$orderby'), set);
  if (grouped) checkOrder(order, projection);
  return {
    filter: filter === null ? null : parseFilter(filter, set),
    projection: grouped ? { ...projection, navigations: [] } : projection,
    order,
    grouped,
    top: search.has('$top') ? wholeNumber(search, '$top') : null,
    skip: search.has('$skip') ? wholeNumber(search, '$skip') : 0,
    taken: search.has('$skiptoken') ? wholeNumber(search, '$skiptoken') : 0,
    inlineCount: parseInlineCount(search.get('$inlinecount')),
  };
}

function isGrouped({ measures, keys }: EntitySet, { properties }: Projection): boolean {
  return measures !== undefined && keys.some((key) => !properties.some(({ name }) => name === key));
}

/** Groups have nothing but what is selected. */
function checkOrder(order: Query['order'], { properties }: Projection): void {
  for (const { property } of order)
    if (!properties.includes(property))
      throw malformed(
        `Property '${property.name}' in $orderby is not selected`,
        `Eigenschaft '${property.name}' in $orderby ist nicht ausgewählt`,
      );
}

/** @throws SapError 400 for an unknown `$` option, one given twice, or a format that is not JSON. */
export function checkNames(search: URLSearchParams): void {
  for (const name of search.keys()) {
    if (!name.startsWith('$')) continue;
    if (!known.includes(name) || search.getAll(name).length > 1 || search.get(name)!.length > maximumText)
      throw malformed(`Invalid system query option '${name}'`, `Ungültige Systemabfrageoption '${name}'`);
  }
  const format = search.get('$format');
  if (format !== null && !['json', 'xml', 'atom'].includes(format.toLowerCase()))
    throw malformed(`Invalid value of $format: '${format}'`, `Ungültiger Wert von $format: '${format}'`);
}

function parseOrder(text: string | null, set: EntitySet): Query['order'] {
  if (text === null) return [];
  return text.split(',').map((part) => {
    const [name, direction = 'asc', ...rest] = part.trim().split(/\s+/) as [string, ...string[]];
    if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc'))
      throw malformed(`Invalid $orderby: '${part}'`, `Ungültiges $orderby: '${part}'`);
    return { property: needProperty(set, name), descending: direction === 'desc' };
  });
}

function wholeNumber(search: URLSearchParams, name: string): number {
  const text = search.get(name)!;
  if (!/^\d{1,9}$/.test(text))
    throw malformed(`Invalid value for '${name}': '${text}'`, `Ungültiger Wert für '${name}': '${text}'`);
  return Number(text);
}

function parseInlineCount(text: string | null): boolean {
  if (text !== null && text !== 'allpages' && text !== 'none')
    throw malformed(`Invalid value for '$inlinecount': '${text}'`, `Ungültiger Wert für '$inlinecount': '${text}'`);
  return text === 'allpages';
}
