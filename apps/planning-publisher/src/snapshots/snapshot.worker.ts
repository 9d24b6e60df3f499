import type { AnaplanClient, PlanningCell } from '@tieout/connector-anaplan';
import type { SnapshotSource } from '@tieout/messaging';
import { cellKey } from '../cells/receipt.ts';
import { cellSums } from './sums.ts';

/** What the planning model holds now: every cell with a value, digits as sent. */
export function cellSnapshots(service: string, instance: string, client: AnaplanClient): SnapshotSource {
  return {
    ...{ service, system: 'anaplan', instance, objects: ['cell'] },
    async read(_request, signal) {
      const takenAt = new Date();
      const cells: PlanningCell[] = [];
      for await (const page of client.readCells(signal)) cells.push(...page);
      const items = cells.map((cell) => ({ itemId: cellKey(cell), fields: { ...cell } }));
      return { items, sums: cellSums(cells), takenAt, error: null };
    },
  };
}
