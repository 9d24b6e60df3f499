import { literalOf } from './literals.ts';
import type { Key, Query, Shape } from './odata.ts';

/** Properties that a release lacks, by entity set. */
export type Without = Readonly<Record<string, readonly string[]>>;

/** `A_SalesOrderItem(SalesOrder='1',SalesOrderItem='10')` */
export function entityPath(set: string, key: Key): string {
  const text =
    typeof key === 'string'
      ? encodeURIComponent(literalOf(key))
      : Object.entries(key)
          .map(([name, value]) => `${name}=${encodeURIComponent(literalOf(value))}`)
          .join(',');
  return `${set}(${text})`;
}

/** From `?` on, or empty. */
export function queryString(set: string, query: Query, without: Without): string {
  return joined([
    ...shapeOptions(set, query, without),
    ['$filter', query.filter ?? ''],
    ['$orderby', query.orderBy?.join(',') ?? ''],
    ['$top', query.top?.toString() ?? ''],
    ['$skip', query.skip?.toString() ?? ''],
    ['$inlinecount', query.count === true ? 'allpages' : ''],
  ]);
}

export function shapeString(set: string, shape: Shape, without: Without): string {
  return joined(shapeOptions(set, shape, without));
}

/** Parameters of a function import are literals in the query. */
export function parameterString(parameters: Exclude<Key, string>): string {
  return joined(Object.entries(parameters).map(([name, value]) => [name, literalOf(value)]));
}

function shapeOptions(set: string, { select, expand }: Shape, without: Without): readonly [string, string][] {
  const missing = new Set(without[set] ?? []);
  return [
    ['$select', select?.filter((name) => !missing.has(name)).join(',') ?? ''],
    ['$expand', expand?.filter((name) => !missing.has(name)).join(',') ?? ''],
  ];
}

function joined(options: readonly (readonly [string, string])[]): string {
  const pairs = options
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
