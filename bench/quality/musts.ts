import type { FaultKind } from '@tieout/testing/reconciliation-truth';
import type { Tally } from './tally.ts';

/** What no world may show. */
export interface Must {
  readonly what: string;
  readonly faults: number;
  /** Of so many that could have gone wrong. */
  readonly of: number;
}

export function musts({ faults, outcomes, items }: Tally): Must[] {
  const count = (kind: FaultKind): number => faults.filter(({ fault }) => fault === kind).length;
  return [
    { what: 'false groups among matched', faults: count('false-match'), of: outcomes.matched.said },
    { what: 'planted breaks not found', faults: count('missed-break'), of: outcomes.break.wanted },
    { what: 'ambiguous cases decided', faults: count('hidden-doubt'), of: outcomes.ambiguous.wanted },
    { what: 'items not in exactly one group', faults: count('not-once'), of: items },
  ];
}
