import type { Audit } from '@tieout/canonical';
import { readChain } from '@tieout/messaging';
import { ApiError, type User } from '@tieout/platform';
import type { EntityManager } from 'typeorm';
import { actionsOf, verifyBreak, type ChainVerdict, type OfferedAction } from './break-case.ts';
import { heldLetters, knownObjects, namedIds } from './break-links.store.ts';
import { findBreak, type ListedBreak } from './break-query.store.ts';
import type { BreakState } from './break-state.ts';
import { linksOf, type BreakLink } from './links.ts';
import type { BreakPolicy } from './policy.ts';

/** A break with all that is known of it. */
export interface BreakCase {
  readonly break: ListedBreak;
  /** What the caller may do now; empty for who only reads. */
  readonly actions: readonly OfferedAction[];
  readonly comments: readonly { readonly at: string; readonly actor: string; readonly text: string }[];
  readonly links: readonly BreakLink[];
  /** Oldest first, the entries of its audit chain. */
  readonly history: readonly (Omit<Audit, 'sequence'> & { readonly sequence: string })[];
  /** Where the audit chain is broken; null when it is whole. */
  readonly chainFault: ChainVerdict['fault'];
}

/** @throws ApiError 404 */
export async function caseOf(
  tx: EntityManager,
  breakId: string,
  { subject, roles }: User,
  policy: BreakPolicy,
): Promise<BreakCase> {
  const found = await findBreak(tx, breakId);
  if (found === null) throw unknownBreak();
  const state = stateOf(found);
  const chain = await readChain(tx, 'break', breakId);
  const ids = namedIds(state);
  const links = linksOf(state, await knownObjects(tx, ids), await heldLetters(tx, ids), policy.links);
  return {
    break: found,
    actions: roles.includes('operator') ? actionsOf(state, subject, policy) : [],
    comments: chain
      .filter(({ action }) => action === 'commented')
      .map(({ at, actor, reason }) => ({ at, actor, text: reason ?? '' })),
    links,
    history: chain.map((entry) => ({ ...entry, sequence: entry.sequence.toString() })),
    chainFault: verifyBreak(state, chain).fault,
  };
}

/** The state as it is stored and published, of a row as it is listed. */
export function stateOf(listed: ListedBreak): BreakState {
  const { revision: _revision, lastSeenAt: _seen, severity, ...state } = listed;
  return { ...state, severity: severity.toUpperCase() as BreakState['severity'] };
}

export const unknownBreak = (): ApiError => new ApiError(404, 'BREAK_UNKNOWN', 'There is no break with this id.');
