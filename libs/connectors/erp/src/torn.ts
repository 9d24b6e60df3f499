import type { Mapped } from './fate.ts';
import type { RecordRead } from './port.ts';

/** Parts that do not fit together were changed between two calls: those records are read again, once. */
export async function againWhereTorn<R extends RecordRead<unknown>>(
  records: readonly R[],
  byIds: (vendorIds: readonly string[]) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const torn = records.filter(({ mapped }) => isTorn(mapped)).map(({ vendorId }) => vendorId);
  if (torn.length === 0) return records;
  return [...records.filter(({ mapped }) => !isTorn(mapped)), ...(await byIds(torn))];
}

function isTorn(mapped: Mapped<unknown>): boolean {
  return mapped.kind === 'refused' && mapped.problem.code === 'does-not-add-up';
}
