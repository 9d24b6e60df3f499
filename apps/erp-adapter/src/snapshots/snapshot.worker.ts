import type { NetSuiteClient, SnapshotObject } from '@tieout/connector-netsuite';
import type { SnapshotSource } from '@tieout/messaging';

/** A reading that documents moved under is taken again so often before it is handed on as incomplete. */
const READINGS = 3;

/** What the account holds now: raw rows with the sums that NetSuite itself computes. */
export function accountSnapshots(service: string, instance: string, client: NetSuiteClient): SnapshotSource {
  return {
    ...{ service, system: 'netsuite', instance },
    objects: ['customer', 'order', 'invoice', 'invoice-line', 'credit-memo', 'payment'],
    async read({ object, cutOff }, signal) {
      let reading = await client.snapshot(object as SnapshotObject, cutOff, signal);
      for (let n = 1; reading.error !== null && n < READINGS; n += 1) {
        reading = await client.snapshot(object as SnapshotObject, cutOff, signal);
      }
      return { ...reading, items: reading.items.map(({ id: itemId, fields }) => ({ itemId, fields })) };
    },
  };
}
