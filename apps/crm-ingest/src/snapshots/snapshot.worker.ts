import type { Account, SalesforceClient } from '@tieout/connector-salesforce';
import type { SnapshotSource } from '@tieout/messaging';

/** What the org holds now: every account, in its own field names. */
export function accountSnapshots(service: string, instance: string, client: SalesforceClient): SnapshotSource {
  return {
    ...{ service, system: 'salesforce', instance, objects: ['customer'] },
    async read(_request, signal) {
      const takenAt = new Date();
      const accounts: Account[] = [];
      for await (const page of client.allAccounts(signal)) accounts.push(...page);
      const items = accounts.map((account) => ({ itemId: account.Id, fields: rawFields(account) }));
      return { items, sums: [], takenAt, error: null };
    },
  };
}

/** Fields as the org names them; one without value is absent. */
function rawFields(account: Account): Record<string, string> {
  const { attributes: _attributes, ...fields } = account as Account & { attributes?: unknown };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}
