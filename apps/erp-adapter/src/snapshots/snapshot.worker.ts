import type { Erp } from '@tieout/connector-erp';
import type { SnapshotSource } from '@tieout/messaging';

/** What an ERP instance holds now: raw rows with the sums that the ERP itself computes. */
export function accountSnapshots(service: string, { system, instance, snapshots }: Erp): SnapshotSource {
  return { ...{ service, system, instance }, ...snapshots };
}
