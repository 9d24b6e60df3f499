import { difference, listed } from './difference.ts';
import type { Difference } from './difference.ts';
import { checkMembers } from './members.ts';
import type { Member } from './members.ts';

/** A record that may stand below another of its kind. */
export interface Node {
  readonly id: string;
  readonly parentId: string | null;
  readonly isDeleted: boolean;
  readonly changedAt: string | null;
}

/** A legal entity as its topic holds it. */
export interface Entity extends Node {
  readonly code: string;
  readonly instance: string;
}

export interface HierarchySide {
  readonly entities: readonly Entity[];
  /** Customers of the CRM with what stands above them. */
  readonly customers: readonly Node[];
  /** Nodes of the ERPs' hierarchies of cost and profit centres, and what stands below them. */
  readonly nodes: readonly Node[];
  readonly members: readonly Member[];
}

/** A legal entity as documents of the ERP name it. */
export interface NamedEntity {
  readonly legalEntityId: string;
  /** Code, null where the document does not say. */
  readonly legalEntity: string | null;
}

/**
 * Legal entities are the same in the ERP, on the topic and in planning, and what stands above a legal entity, a customer, a cost or
 * profit centre or another node of their hierarchy is there and does not lead in a circle.
 * @param planned codes of legal entities that planning has figures of
 */
export function checkHierarchies(
  { entities, customers, nodes, members }: HierarchySide,
  erp: readonly NamedEntity[],
  planned: Iterable<string>,
): readonly Difference[] {
  const standing = entities.filter(({ isDeleted }) => !isDeleted);
  return [
    ...checkNames(standing, erp),
    ...strangers(standing, planned),
    ...sharedCodes(standing),
    ...checkParents('legal-entity', entities),
    ...checkParents('customer', customers),
    ...checkParents('hierarchy-node', nodes),
    ...checkMembers(members, nodes),
  ];
}

function checkNames(standing: readonly Entity[], erp: readonly NamedEntity[]): readonly Difference[] {
  const known = new Map(standing.map((entity) => [entity.id, entity]));
  const named = Map.groupBy(erp, ({ legalEntityId }) => legalEntityId);
  return [...named].flatMap(([object, documents]) => {
    const entity = known.get(object);
    const codes = [...new Set(documents.flatMap(({ legalEntity }) => legalEntity ?? []))].toSorted();
    const about = { check: 'hierarchies', objectType: 'legal-entity', object, legalEntityId: object };
    const evidence = { documents: String(documents.length) };
    if (entity === undefined)
      return [difference({ ...about, kind: 'missing', expected: codes[0] ?? '', actual: null, evidence })];
    const others = codes.filter((code) => code !== entity.code);
    if (others.length === 0) return [];
    const changedAt = [null, entity.changedAt];
    return [difference({ ...about, kind: 'code', expected: listed(others), actual: entity.code, changedAt, evidence })];
  });
}

function strangers(standing: readonly Entity[], planned: Iterable<string>): readonly Difference[] {
  const codes = new Set(standing.map(({ code }) => code));
  return [...new Set(planned)]
    .filter((code) => !codes.has(code))
    .map((code) =>
      difference({
        ...{ check: 'hierarchies', kind: 'extra', objectType: 'legal-entity', object: `planning:${code}` },
        ...{ expected: null, actual: code },
      }),
    );
}

/** Two entities of one instance under one code: planning would add them up. */
function sharedCodes(standing: readonly Entity[]): readonly Difference[] {
  const groups = Map.groupBy(standing, ({ code, instance }) => JSON.stringify([code, instance]));
  return [...groups.values()].flatMap((same) => {
    const [one] = same;
    if (one === undefined || same.length < 2) return [];
    const changedAt = same.map((entity) => entity.changedAt);
    return [
      difference({
        ...{ check: 'hierarchies', kind: 'duplicate-code', objectType: 'legal-entity' },
        object: `${one.instance}:${one.code}`,
        ...{ expected: '1', actual: String(same.length), changedAt },
        evidence: { code: one.code, ids: listed(same.map(({ id }) => id)) },
      }),
    ];
  });
}

function checkParents(objectType: string, nodes: readonly Node[]): readonly Difference[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const standing = nodes.filter(({ isDeleted, parentId }) => !isDeleted && parentId !== null);
  const circles = circlesOf(byId);
  return standing.flatMap((node) => {
    const parent = byId.get(node.parentId ?? '');
    const about = { check: 'hierarchies', objectType, object: node.id, expected: null, actual: node.parentId };
    if (parent === undefined || parent.isDeleted) {
      const evidence = { parent: parent === undefined ? 'not there' : 'deleted' };
      const changedAt = [node.changedAt, ...(parent === undefined ? [] : [parent.changedAt])];
      return [difference({ ...about, kind: 'orphan', changedAt, evidence })];
    }
    const circle = circles.get(node.id);
    if (circle === undefined || circle[0] !== node.id) return [];
    const evidence = { circle: listed(circle), length: String(circle.length) };
    return [difference({ ...about, kind: 'circle', changedAt: [node.changedAt], evidence })];
  });
}

/** Of every node that stands in a circle the nodes of it, sorted: its first one speaks for it. Each node is walked over once. */
function circlesOf(byId: ReadonlyMap<string, Node>): ReadonlyMap<string, readonly string[]> {
  const circles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  for (const start of byId.keys()) {
    const path: string[] = [];
    const onPath = new Map<string, number>();
    let at: string | null = start;
    while (at !== null && byId.has(at) && !done.has(at) && !onPath.has(at)) {
      onPath.set(at, path.length);
      path.push(at);
      at = byId.get(at)?.parentId ?? null;
    }
    const from = at === null ? undefined : onPath.get(at);
    if (from !== undefined) {
      const circle = path.slice(from).toSorted();
      for (const id of circle) circles.set(id, circle);
    }
    for (const id of path) done.add(id);
  }
  return circles;
}
