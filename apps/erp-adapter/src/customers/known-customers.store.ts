import type { KnownCustomers } from '@tieout/connector-erp';
import type { DataSource } from 'typeorm';

/** Which of our customers an ERP's records name, from what was brought there. */
export function knownCustomers(dataSource: DataSource, instance: string): KnownCustomers {
  const byColumn = async (column: string, values: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const rows = await dataSource.query<{ value: string; id: string }[]>(
      `SELECT ${column} AS value, customer_id AS id FROM customer_link WHERE instance = $1 AND ${column} = ANY($2::text[])`,
      [instance, values],
    );
    return new Map(rows.map(({ value, id }) => [value, id]));
  };
  return {
    byVendorId: (vendorIds) => byColumn('vendor_id', vendorIds),
    byExternalKey: (keys) => byColumn('external_key', keys),
  };
}
