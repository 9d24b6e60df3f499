import type { Snapshot } from '@tieout/canonical';
import type { Side } from './request-run.ts';

/** What a system said that it holds, as the API shows it. */
export interface HeldBySystem extends Side {
  /** Number of items, null while there is no answer. */
  readonly count: number | null;
  readonly complete: boolean;
  /** Why it is not complete, as far as the adapter says. */
  readonly error: string | null;
  readonly takenAt: string | null;
  readonly sums: Snapshot['sums'];
}

/** More than any currency list times any list of names. */
const MAX_SUMS = 500;

export function heldBySystem({ object, system, instance, header }: Side & { header: Snapshot | null }): HeldBySystem {
  return {
    ...{ object, system, instance },
    count: header === null ? null : Number(header.count),
    complete: header?.complete ?? false,
    error: header?.error ?? null,
    takenAt: header?.takenAt ?? null,
    sums: header?.sums.slice(0, MAX_SUMS) ?? [],
  };
}
