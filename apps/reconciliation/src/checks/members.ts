import { difference, listed } from './difference.ts';
import type { Difference } from './difference.ts';

/** A cost or profit centre as its topic holds it. */
export interface Member {
  readonly id: string;
  readonly type: 'cost-center' | 'profit-center';
  readonly code: string;
  readonly name: string;
  readonly instance: string;
  /** Hierarchy nodes that it stands below in any interval. */
  readonly above: readonly string[];
  readonly isDeleted: boolean;
  readonly changedAt: string | null;
}

/** What the nodes of a hierarchy tell of themselves. */
interface Standing {
  readonly id: string;
  readonly isDeleted: boolean;
  readonly changedAt: string | null;
}

/** Cost and profit centres stand below nodes that are there, and one code is one thing in every ERP: planning knows the code alone. */
export function checkMembers(members: readonly Member[], nodes: readonly Standing[]): readonly Difference[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const standing = members.filter(({ isDeleted }) => !isDeleted);
  return [...standing.flatMap((member) => orphans(member, byId)), ...otherNames(standing)];
}

function orphans(member: Member, nodes: ReadonlyMap<string, Standing>): readonly Difference[] {
  const { type: objectType, id: object, code, instance } = member;
  return member.above.flatMap((id) => {
    const node = nodes.get(id);
    if (node !== undefined && !node.isDeleted) return [];
    const evidence = { code, instance, parent: node === undefined ? 'not there' : 'deleted' };
    const changedAt = [member.changedAt, ...(node === undefined ? [] : [node.changedAt])];
    return [
      difference({
        ...{ check: 'hierarchies', kind: 'orphan', objectType, object, expected: null, actual: id },
        ...{ changedAt, evidence },
      }),
    ];
  });
}

function otherNames(standing: readonly Member[]): readonly Difference[] {
  const groups = Map.groupBy(standing, ({ type, code }) => JSON.stringify([type, code]));
  return [...groups.values()].flatMap((same) => {
    const sorted = same.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    const [first] = sorted;
    if (first === undefined) return [];
    const others = sorted.filter(({ name }) => name !== first.name);
    if (others.length === 0) return [];
    return [
      difference({
        ...{ check: 'hierarchies', kind: 'name', objectType: first.type, object: first.code },
        ...{ expected: first.name, actual: listed(others.map(({ name }) => name)) },
        changedAt: sorted.map(({ changedAt }) => changedAt),
        evidence: {
          instances: listed(sorted.map(({ instance }) => instance)),
          ids: listed(sorted.map(({ id }) => id)),
        },
      }),
    ];
  });
}

const placeOf = ({ instance, id }: Member): string => JSON.stringify([instance, id]);
