import { contentHash } from './content-hash.ts';
import type { Audit } from './generated/types.generated.ts';
import { derivedId } from './ids.ts';

/** What was done to a target, by whom and why; its place in the chain follows. */
export type Act = Omit<Audit, 'auditId' | 'sequence' | 'previousHash' | 'hash'>;

/** The last entry of a target's chain. */
export type ChainEnd = Pick<Audit, 'sequence' | 'hash'>;

/** The next entry of a target's chain; `end` is null for the first. */
export function chained(end: ChainEnd | null, act: Act): Audit {
  const sequence = (end?.sequence ?? 0n) + 1n;
  const entry: Omit<Audit, 'hash'> = {
    ...act,
    auditId: derivedId(`${act.targetType}-audit`, act.targetId, sequence.toString()),
    sequence,
    previousHash: end?.hash ?? null,
  };
  return { ...entry, hash: contentHash(entry) };
}

/** The entry at which a chain is broken. */
export interface ChainFault {
  readonly sequence: bigint;
  readonly problem: string;
}

/**
 * Checks the whole chain of one target, in any order given: gaps, repetitions, entries that were changed or put in. What was cut
 * off at the end shows only against the last entry that somebody else has: give its sequence and hash as `end`.
 */
export function verifyChain(entries: readonly Audit[], end?: ChainEnd): ChainFault | null {
  let last: ChainEnd | null = null;
  for (const entry of entries.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1))) {
    const problem = faultOf(entry, last);
    if (problem !== null) return { sequence: entry.sequence, problem };
    last = entry;
  }
  if (end === undefined || (last?.sequence === end.sequence && last.hash === end.hash)) return null;
  return { sequence: last?.sequence ?? 0n, problem: `the chain ends here, entry ${end.sequence} is known elsewhere` };
}

function faultOf(entry: Audit, last: ChainEnd | null): string | null {
  const { hash, ...content } = entry;
  const expected = (last?.sequence ?? 0n) + 1n;
  if (entry.sequence !== expected) return `entry ${expected} is missing or there twice`;
  if (entry.previousHash !== (last?.hash ?? null)) return 'it does not follow from the entry before';
  return hash === contentHash(content) ? null : 'its content was changed';
}
