import { sum, type SnapshotSum } from '@tieout/canonical';
import type { EntityName, SalesforceClient } from '@tieout/connector-salesforce';
import type { SnapshotSource } from '@tieout/messaging';

type Fields = Readonly<Record<string, string>>;

interface SnapshotObject {
  readonly entity: EntityName;
  /** Name of a sum -> the column that is summed. */
  readonly sums: Readonly<Record<string, string>>;
}

/** By the object that a request names. */
const OBJECTS: Readonly<Record<string, SnapshotObject>> = {
  customer: { entity: 'Account', sums: {} },
  contract: { entity: 'Contract', sums: {} },
  'contract-line': { entity: 'Contract_Line__c', sums: { net: 'Net_Amount__c' } },
};

/**
 * What the org holds now, in its own field names, deleted records left out. Complete when as many records came as the org
 * counted. Sums are ours: the org converts its own into one currency, at rates of the day.
 */
export function orgSnapshots(service: string, instance: string, client: SalesforceClient): SnapshotSource {
  return {
    ...{ service, system: 'salesforce', instance, objects: Object.keys(OBJECTS) },
    async read({ object }, signal) {
      const { entity, sums } = OBJECTS[object]!;
      const takenAt = new Date();
      const { records, total } = await client.all(entity, signal);
      const items = records.map((record) => ({ itemId: record.Id, fields: rawFields(record) }));
      return {
        items,
        sums: sumsOf(sums, items),
        takenAt,
        error: items.length === total ? null : `the org counts ${total} records of ${entity}, ${items.length} came`,
      };
    },
  };
}

/** Fields as the org names them, numbers as it wrote them; one without value is absent. */
function rawFields(record: object): Fields {
  const { attributes: _attributes, ...fields } = record as { attributes?: unknown };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}

function sumsOf(columns: SnapshotObject['sums'], items: readonly { readonly fields: Fields }[]): SnapshotSum[] {
  const byCurrency = Map.groupBy(items, ({ fields }) => fields['CurrencyIsoCode'] ?? '');
  return Object.entries(columns).flatMap(([name, column]) =>
    [...byCurrency].map(([currency, held]) => {
      const amount = sum(held.map(({ fields }) => fields[column] ?? '0'));
      return { name, currency, amount };
    }),
  );
}
