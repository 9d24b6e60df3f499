import { findProperty, qualifiedType } from './edm.ts';
import type { Environment } from './exchange.ts';
import { keyLiteral } from './literals.ts';
import type { EntitySet } from './model.ts';
import type { Projection } from './projection.ts';
import type { Entity, Row } from './read.store.ts';
import { etagOf, toWire, type Raw } from './wire-values.ts';

/** An entity as the vendor writes it: metadata, properties, links or what is expanded in their place. */
export function entityJson(
  env: Environment,
  set: EntitySet,
  { row, expanded }: Entity,
  projection: Projection,
): object {
  const uri = set.keys.every((key) => key in row) ? entityUri(env, set, row) : groupUri(env, set, row);
  const etag = rowEtag(set, row);
  const type = qualifiedType(env.service, set);
  const content: [string, unknown][] = [
    ['__metadata', { id: uri, uri, type, ...(etag === null ? {} : { etag }) }],
    ...projection.properties.map((property): [string, unknown] => [
      property.name,
      toWire(property, row[property.name] ?? null),
    ]),
    ...projection.navigations.map(({ navigation, target, expanded: inner }): [string, unknown] => {
      if (!inner) return [navigation.name, { __deferred: { uri: `${uri}/${navigation.name}` } }];
      const found = expanded.get(navigation.name) ?? null;
      if (!navigation.many) return [navigation.name, found && entityJson(env, target, found as Entity, inner)];
      const results = ((found ?? []) as readonly Entity[]).map((each) => entityJson(env, target, each, inner));
      return [navigation.name, { results }];
    }),
  ];
  return Object.fromEntries(content);
}

/** `…/A_SalesOrderItem(SalesOrder='1',SalesOrderItem='10')` */
export function entityUri({ root }: Environment, set: EntitySet, row: Row): string {
  const literals = set.keys.map((name) => keyLiteral(findProperty(set, name)!.type, String(row[name])));
  const key = literals.length === 1 ? literals[0]! : set.keys.map((name, n) => `${name}=${literals[n]!}`).join(',');
  return `${root}/${set.name}(${key})`;
}

/** A group of rows is no entity: its address says what it stands for and leads nowhere. */
function groupUri({ root }: Environment, set: EntitySet, row: Row): string {
  const values = Object.entries(row).filter(([name]) => !set.measures?.includes(name));
  return `${root}/${set.name}('.1~${values.map(([, value]) => encodeURIComponent(String(value))).join('~')}')`;
}

export function rowEtag(set: EntitySet, row: Row): string | null {
  if (set.etag === null || !(set.etag in row)) return null;
  const raw: Raw = row[set.etag] ?? null;
  return etagOf(findProperty(set, set.etag)!, raw);
}
