import type { CostCenter, HierarchyNode, ProfitCenter } from '@tieout/canonical';
import { fateOf, type Mapped } from '@tieout/connector-erp';
import type { TreeRow } from './dimension-rows.ts';
import { idOf, sourceOf, type Origin } from './identity.ts';

/** A department as cost centre. Siblings alone have names of their own, so its full name is the code. */
export function mapCostCenter(row: TreeRow, origin: Origin): Mapped<Omit<CostCenter, 'revision'>> {
  return fateOf(() => ({
    costCenterId: idOf('department', origin, row.id),
    ...standing(row),
    validity: [
      {
        ...{ validFrom: null, validTo: null, ...place('department', row, origin) },
        ...{ profitCenterId: null, currency: null, category: null, responsible: null },
      },
    ],
    instance: origin.instance,
    source: sourceOf('department', origin, row),
  }));
}

/** A class as profit centre. */
export function mapProfitCenter(row: TreeRow, origin: Origin): Mapped<Omit<ProfitCenter, 'revision'>> {
  return fateOf(() => ({
    profitCenterId: idOf('classification', origin, row.id),
    ...standing(row),
    validity: [
      {
        ...{ validFrom: null, validTo: null, ...place('classification', row, origin) },
        ...{ segment: null, responsible: null },
      },
    ],
    instance: origin.instance,
    source: sourceOf('classification', origin, row),
  }));
}

/** What NetSuite calls a hierarchy: each department or class is a node itself, and stands below its parent. */
export type Tree = 'department' | 'classification';

export function mapHierarchyNode(tree: Tree, row: TreeRow, origin: Origin): Mapped<Omit<HierarchyNode, 'revision'>> {
  return fateOf(() => {
    const { lifecycle, code, name, area } = standing(row);
    return {
      hierarchyNodeId: nodeIdOf(nodeOf(tree, row.id), origin),
      ...{ lifecycle, kind: tree === 'department' ? 'COST_CENTER' : 'PROFIT_CENTER', hierarchy: 'standard' },
      ...{ area, code, name },
      parentId: row.parent === undefined ? null : nodeIdOf(nodeOf(tree, row.parent), origin),
      memberId: idOf(tree, origin, row.id),
      instance: origin.instance,
      source: sourceOf(tree, origin, row),
    };
  });
}

/** Vendor id of a node: departments and classes are numbered each by themselves. */
export const nodeOf = (tree: Tree, id: string): string => `${tree}/${id}`;
export const nodeIdOf = (node: string, origin: Origin): string => idOf('hierarchyNode', origin, node);

function standing(row: TreeRow): {
  readonly lifecycle: 'ACTIVE' | 'INACTIVE';
  readonly code: string;
  readonly name: string;
  readonly area: null;
} {
  return { lifecycle: row.isinactive === 'T' ? 'INACTIVE' : 'ACTIVE', code: row.fullname, name: row.name, area: null };
}

function place(
  tree: Tree,
  row: TreeRow,
  origin: Origin,
): {
  readonly name: string;
  readonly legalEntityIds: readonly string[];
  readonly hierarchyNodeId: string | null;
  readonly blocked: boolean;
} {
  const subsidiaries = row.subsidiary?.split(',').map((id) => id.trim()) ?? [];
  return {
    name: row.name,
    legalEntityIds: subsidiaries.filter((id) => id !== '').map((id) => idOf('subsidiary', origin, id)),
    hierarchyNodeId: row.parent === undefined ? null : nodeIdOf(nodeOf(tree, row.parent), origin),
    blocked: row.isinactive === 'T',
  };
}
