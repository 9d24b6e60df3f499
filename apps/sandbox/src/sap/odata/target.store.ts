import type { PoolClient } from 'pg';
import { parseKey, type Segment } from './address.ts';
import { findFunction, findNavigation, findProperty, findSet, targetOf } from './edm.ts';
import type { EntitySet, FunctionImport, Navigation, ODataService, Property } from './model.ts';
import { readEntity, type Scope } from './read.store.ts';
import { malformed, segmentNotFound } from './refusals.ts';

/** What a path names. `scope` holds the values that its rows have. */
export type Target =
  | { readonly kind: 'collection'; readonly set: EntitySet; readonly scope: Scope }
  | { readonly kind: 'count'; readonly set: EntitySet; readonly scope: Scope }
  | { readonly kind: 'entity'; readonly set: EntitySet; readonly scope: Scope }
  | {
      readonly kind: 'property';
      readonly set: EntitySet;
      readonly scope: Scope;
      readonly property: Property;
      readonly raw: boolean;
    }
  | { readonly kind: 'function'; readonly function: FunctionImport };

/** Follows a path from its entity set on. @throws SapError 404 for what is not there, 400 for a bad key */
export async function resolveTarget(
  tx: PoolClient,
  service: ODataService,
  [first, ...rest]: readonly Segment[],
): Promise<Target> {
  const set = findSet(service, first!.name);
  if (!set) {
    const called = findFunction(service, first!.name);
    if (called && rest.length === 0 && !first!.predicate) return { kind: 'function', function: called };
    throw segmentNotFound(first!.name);
  }
  let target: Target = withKey({ kind: 'collection', set, scope: {} }, first!);
  for (const segment of rest) target = await step(tx, service, target, segment);
  return target;
}

function withKey(target: Extract<Target, { kind: 'collection' }>, { predicate }: Segment): Target {
  if (predicate === null || predicate.trim() === '') return target;
  return { ...target, kind: 'entity', scope: { ...target.scope, ...parseKey(target.set, predicate) } };
}

async function step(tx: PoolClient, service: ODataService, target: Target, segment: Segment): Promise<Target> {
  const { name, predicate } = segment;
  if (target.kind === 'collection' && name === '$count' && predicate === null) return { ...target, kind: 'count' };
  if (target.kind === 'property' && name === '$value' && predicate === null) return { ...target, raw: true };
  if (target.kind !== 'entity') throw segmentNotFound(name);
  const navigation = findNavigation(target.set, name);
  if (navigation) return follow(tx, service, target, navigation, segment);
  const property = findProperty(target.set, name);
  if (!property || predicate !== null) throw segmentNotFound(name);
  return { ...target, kind: 'property', property, raw: false };
}

async function follow(
  tx: PoolClient,
  service: ODataService,
  { set, scope }: Extract<Target, { kind: 'entity' }>,
  navigation: Navigation,
  segment: Segment,
): Promise<Target> {
  const properties = Object.keys(navigation.on).map((name) => findProperty(set, name)!);
  const source = await readEntity(tx, set, scope, { properties, navigations: [] });
  if (!source) throw segmentNotFound(set.name);
  const links = Object.entries(navigation.on).map(([from, to]) => [to, source.row[from] ?? null] as const);
  const linked: Scope = Object.fromEntries(links.map(([to, raw]) => [to, raw === null ? null : String(raw)]));
  const target = targetOf(service, navigation);
  if (navigation.many) return withKey({ kind: 'collection', set: target, scope: linked }, segment);
  if (segment.predicate !== null)
    throw malformed(`'${navigation.name}' takes no key`, `'${navigation.name}' nimmt keinen Schlüssel an`);
  return { kind: 'entity', set: target, scope: linked };
}
