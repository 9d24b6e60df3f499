import type { Hold } from '../exceptions/exception.ts';
import { NUMBER_CONFLICT } from '../exceptions/kinds.ts';

/** What decides whether an account may stand on the topic. */
export interface Candidate {
  readonly accountId: string;
  readonly number: string | null;
  readonly name: string;
  /** ISO instant. */
  readonly createdAt: string;
  readonly deleted: boolean;
  readonly problem: Hold | null;
  /** Number under which it stands on the topic now, or stood there last. */
  readonly publishedNumber: string | null;
  readonly onTopic: boolean;
}

export type Standing =
  { readonly kind: 'published' } | { readonly kind: 'gone' } | { readonly kind: 'held'; readonly hold: Hold };

/**
 * Decides for accounts together, because a customer number belongs to one of them: to the one that holds it on the topic,
 * else to the oldest. The others are held out until the number is changed at either side. What an account last published
 * keeps its number even while the account itself is held, because subscribers still see it there.
 */
export function standings(candidates: readonly Candidate[]): ReadonlyMap<string, Standing> {
  const result = new Map<string, Standing>();
  const waiting: Candidate[] = [];
  const holders = new Map<string, Candidate>();
  for (const candidate of [...candidates].sort(byAge)) {
    if (candidate.onTopic && !candidate.deleted && candidate.publishedNumber !== null)
      holders.set(candidate.publishedNumber, candidate);
    if (candidate.deleted) result.set(candidate.accountId, { kind: 'gone' });
    else if (candidate.problem) result.set(candidate.accountId, { kind: 'held', hold: candidate.problem });
    else waiting.push(candidate);
  }
  for (const candidate of seat(waiting, holders)) result.set(candidate.accountId, { kind: 'published' });
  for (const candidate of waiting)
    if (!result.has(candidate.accountId))
      result.set(candidate.accountId, { kind: 'held', hold: conflict(candidate, holders.get(candidate.number ?? '')) });
  return result;
}

/** Gives numbers to accounts until nothing moves: an account that changes its number frees the old one for another. */
function seat(waiting: readonly Candidate[], holders: Map<string, Candidate>): Set<Candidate> {
  const seated = new Set<Candidate>();
  for (let moved = true; moved;) {
    moved = false;
    for (const candidate of waiting) {
      const { number, publishedNumber, accountId } = candidate;
      const free = number === null || (holders.get(number)?.accountId ?? accountId) === accountId;
      if (seated.has(candidate) || !free) continue;
      if (publishedNumber !== null && publishedNumber !== number && holders.get(publishedNumber) === candidate)
        holders.delete(publishedNumber);
      if (number !== null) holders.set(number, candidate);
      seated.add(candidate);
      moved = true;
    }
  }
  return seated;
}

function conflict(candidate: Candidate, holder: Candidate | undefined): Hold {
  const number = candidate.number ?? '';
  return {
    kind: NUMBER_CONFLICT,
    message: `Customer number ${number} of ${candidate.name} (${candidate.accountId}) is already used by ${holder?.name ?? 'another account'} (${holder?.accountId ?? ''})`,
    details: {
      accountNumber: number,
      accountId: candidate.accountId,
      name: candidate.name,
      holderAccountId: holder?.accountId ?? '',
      holderName: holder?.name ?? '',
    },
  };
}

function byAge(a: Candidate, b: Candidate): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.accountId < b.accountId ? -1 : 1;
}
