import type { StateTopicName } from '@tieout/canonical';
import type { DimensionReader, RecordRead, StateOf } from '@tieout/connector-erp';
import { mapAccountingPeriod } from './accounting-period.map.ts';
import { mapCostCenter, mapHierarchyNode, mapProfitCenter, nodeIdOf, nodeOf } from './cost-center.map.ts';
import type { DimensionRows } from './dimension-rows.client.ts';
import { mapExchangeRate } from './exchange-rate.map.ts';
import { idOf, type Entity, type Origin } from './identity.ts';

/** Cost and profit centres, their hierarchies, accounting periods and exchange rates of one account. */
export function dimensionReaders(rows: DimensionRows, origin: Origin): readonly DimensionReader<StateTopicName>[] {
  const key =
    (entity: Entity) =>
    (vendorId: string): string =>
      idOf(entity, origin, vendorId);
  return [
    reader('cost-center', 'finance.cost-center.v1', key('department'), async (signal) =>
      (await rows.departments(signal)).map((row) => ({ vendorId: row.id, mapped: mapCostCenter(row, origin) })),
    ),
    reader('profit-center', 'finance.profit-center.v1', key('classification'), async (signal) =>
      (await rows.classes(signal)).map((row) => ({ vendorId: row.id, mapped: mapProfitCenter(row, origin) })),
    ),
    reader(
      'hierarchy-node',
      'finance.hierarchy-node.v1',
      (node) => nodeIdOf(node, origin),
      async (signal) => {
        const [departments, classes] = [await rows.departments(signal), await rows.classes(signal)];
        return [
          ...departments.map((row) => ['department', row] as const),
          ...classes.map((row) => ['classification', row] as const),
        ].map(([tree, row]) => ({ vendorId: nodeOf(tree, row.id), mapped: mapHierarchyNode(tree, row, origin) }));
      },
    ),
    reader('accounting-period', 'finance.accounting-period.v1', key('accountingPeriod'), async (signal) => {
      const all = await rows.accountingPeriods(signal);
      return all.map((row) => ({ vendorId: row.id, mapped: mapAccountingPeriod(row, all, origin) }));
    }),
    reader('exchange-rate', 'finance.exchange-rate.v1', key('currencyRate'), async (signal) =>
      (await rows.exchangeRates(signal)).map((row) => ({ vendorId: row.id, mapped: mapExchangeRate(row, origin) })),
    ),
  ];
}

type Dimension =
  | 'finance.cost-center.v1'
  | 'finance.profit-center.v1'
  | 'finance.hierarchy-node.v1'
  | 'finance.accounting-period.v1'
  | 'finance.exchange-rate.v1';

function reader<T extends Dimension>(
  stream: string,
  topic: T,
  keyOf: (vendorId: string) => string,
  read: (signal: AbortSignal) => Promise<readonly RecordRead<StateOf<T>>[]>,
): DimensionReader<StateTopicName> {
  const asDeleted = (value: StateOf<T>): StateOf<T> => ({ ...value, lifecycle: 'DELETED' });
  const made: DimensionReader<T> = { stream, topic, objectType: stream, read, keyOf, asDeleted };
  return made;
}
