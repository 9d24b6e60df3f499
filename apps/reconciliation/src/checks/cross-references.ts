import { joinKey } from '@tieout/canonical';
import { difference, latestOf, listed } from './difference.ts';
import type { Difference } from './difference.ts';

/** One record of the cross-reference topic. */
export interface Reference {
  readonly type: string;
  readonly system: string;
  readonly instance: string;
  readonly vendorId: string;
  readonly canonicalId: string;
  readonly isActive: boolean;
  readonly aliasOf: string | null;
  readonly changedAt: string | null;
}

/** A record of a topic whose object must be found by its id in a system; deleted ones are left out. */
export interface Referable {
  readonly type: string;
  readonly id: string;
  readonly system: string;
  readonly instance: string;
  readonly vendorId: string;
  readonly changedAt: string | null;
}

export interface ReferenceSide {
  readonly references: readonly Reference[];
  readonly objects: readonly Referable[];
  /** Ids of every object of a type that a topic holds, deleted or not; types that no topic here holds are absent. */
  readonly knownIds: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What a system itself lists of a type, in use or not. */
export interface HeldRecords extends Omit<Referable, 'id' | 'vendorId' | 'changedAt'> {
  readonly vendorIds: ReadonlySet<string>;
}

/**
 * Reference by reference and object by object: every object has an active reference that leads to it, an id of ours has one active
 * id per system and instance, and every active reference and alias leads to an object, here and in its system. Instances are told
 * apart: the same vendor id in two of them is two objects.
 */
export function checkCrossReferences(
  { references, objects, knownIds }: ReferenceSide,
  held: readonly HeldRecords[],
): readonly Difference[] {
  const active = references.filter(({ isActive }) => isActive);
  const byPlace = new Map(active.map((reference) => [placeOf(reference), reference]));
  return [
    ...objects.flatMap((object) => checkObject(object, byPlace.get(placeOf(object)))),
    ...severalIds(active),
    ...gone(active, held),
    ...active.flatMap((reference) => [...orphan(reference, knownIds), ...alias(reference, knownIds, active)]),
  ];
}

const placeOf = ({ type, system, instance, vendorId }: Omit<Referable, 'id' | 'changedAt'>): string =>
  joinKey([type, system, instance, vendorId]);

function checkObject(object: Referable, reference: Reference | undefined): readonly Difference[] {
  const { id, changedAt } = object;
  if (reference === undefined)
    return [said(object, 'missing', { object: id, expected: id, actual: null, changedAt: [changedAt] })];
  if (reference.canonicalId === id || reference.aliasOf === id) return [];
  const instants = [changedAt, reference.changedAt];
  return [
    said(object, 'wrong-object', { object: id, expected: id, actual: reference.canonicalId, changedAt: instants }),
  ];
}

/** Two active ids in one system for one object: a change of either would be taken for a change of both. */
function severalIds(active: readonly Reference[]): readonly Difference[] {
  const groups = Map.groupBy(active, ({ type, system, instance, canonicalId }) =>
    joinKey([type, system, instance, canonicalId]),
  );
  return [...groups.values()].flatMap((same) => {
    const [one] = same;
    if (one === undefined || same.length < 2) return [];
    return [
      said(one, 'several-ids', {
        ...{ object: joinKey([one.system, one.instance, one.canonicalId]), expected: '1', actual: String(same.length) },
        changedAt: [latestOf(same.map(({ changedAt }) => changedAt))],
        evidence: { ids: listed(same.map(({ vendorId }) => vendorId)), canonicalId: one.canonicalId, vendorId: '' },
      }),
    ];
  });
}

/** References to records that their system lists no more. Systems that were not asked tell nothing. */
function gone(active: readonly Reference[], held: readonly HeldRecords[]): readonly Difference[] {
  const listOf = ({ type, system, instance }: Omit<HeldRecords, 'vendorIds'>): string =>
    joinKey([type, system, instance]);
  const lists = new Map(held.map((one) => [listOf(one), one.vendorIds]));
  return active
    .filter((reference) => lists.get(listOf(reference))?.has(reference.vendorId) === false)
    .map((reference) => {
      const { vendorId, changedAt } = reference;
      const parts = { object: placeOf(reference), expected: null, actual: vendorId, changedAt: [changedAt] };
      return said(reference, 'vendor-record-gone', parts);
    });
}

function orphan(reference: Reference, knownIds: ReferenceSide['knownIds']): readonly Difference[] {
  const { type, canonicalId, changedAt } = reference;
  const known = knownIds.get(type);
  if (known === undefined || known.has(canonicalId)) return [];
  const parts = { object: placeOf(reference), expected: null, actual: canonicalId, changedAt: [changedAt] };
  return [said(reference, 'orphan', parts)];
}

function alias(
  reference: Reference,
  knownIds: ReferenceSide['knownIds'],
  active: readonly Reference[],
): readonly Difference[] {
  const { type, canonicalId, aliasOf, changedAt } = reference;
  if (aliasOf === null) return [];
  const known = knownIds.get(type);
  const isThere = known?.has(aliasOf) ?? active.some((one) => one.type === type && one.canonicalId === aliasOf);
  const parts = { object: placeOf(reference), actual: aliasOf, changedAt: [changedAt] };
  if (aliasOf === canonicalId) return [said(reference, 'alias-of-itself', { ...parts, expected: null })];
  return isThere ? [] : [said(reference, 'dangling-alias', { ...parts, expected: null })];
}

type Parts = Pick<Difference, 'object' | 'expected' | 'actual' | 'changedAt'> & Partial<Pick<Difference, 'evidence'>>;

function said(
  { type, system, instance, vendorId }: Omit<Referable, 'id' | 'changedAt'>,
  kind: string,
  { evidence = {}, ...parts }: Parts,
): Difference {
  return difference({
    ...{ check: 'cross-references', kind, objectType: type },
    ...parts,
    evidence: { system, instance, vendorId, ...evidence },
  });
}
