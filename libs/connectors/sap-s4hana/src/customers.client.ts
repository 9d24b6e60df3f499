import type { KnownCustomers } from '@tieout/connector-erp';

/** Our customer ids by SAP's customer number. */
export async function customersOf(
  known: KnownCustomers,
  numbers: Iterable<string | null | undefined>,
): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(numbers)].filter((number): number is string => typeof number === 'string' && number !== '');
  return asked.length === 0 ? new Map() : known.byVendorId(asked);
}

export const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
