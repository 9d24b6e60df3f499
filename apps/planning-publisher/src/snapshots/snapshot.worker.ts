import type { AnaplanClient, PlanningCell } from '@tieout/connector-anaplan';
import type { SnapshotReading, SnapshotSource } from '@tieout/messaging';
import { cellKey } from '../cells/receipt.ts';
import { cellId } from '../forecast/judge.ts';
import { readPlan } from '../forecast/reading.worker.ts';
import { cellSums, planSums } from './sums.ts';

/** What the planning model holds now, digits as sent: every cell of the actuals with a value, or every planned value. */
export function planningSnapshots(
  service: string,
  instance: string,
  client: AnaplanClient,
  hasForecast: boolean,
): SnapshotSource {
  return {
    ...{ service, system: 'anaplan', instance, objects: hasForecast ? ['cell', 'forecast'] : ['cell'] },
    read: ({ object }, signal) => (object === 'forecast' ? readForecast(client, signal) : readCells(client, signal)),
  };
}

async function readCells(client: AnaplanClient, signal: AbortSignal): Promise<SnapshotReading> {
  const takenAt = new Date();
  const cells: PlanningCell[] = [];
  for await (const page of client.readCells(signal)) cells.push(...page);
  const items = cells.map((cell) => ({ itemId: cellKey(cell), fields: { ...cell } }));
  return { items, sums: cellSums(cells), takenAt, error: null };
}

async function readForecast(client: AnaplanClient, signal: AbortSignal): Promise<SnapshotReading> {
  const takenAt = new Date();
  const { cells } = await readPlan(client, signal);
  const items = cells.map((cell) => ({ itemId: cellId(cell), fields: { ...cell } }));
  return { items, sums: planSums(cells), takenAt, error: null };
}
