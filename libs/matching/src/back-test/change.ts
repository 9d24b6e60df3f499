import { compare } from '@tieout/canonical';
import type { Group } from '../group.ts';
import type { Case } from './cases.ts';

export type Change = 'unchanged' | 'gained' | 'lost' | 'changed';

export function changeOf({ before, after }: Case): Change {
  const [was, is] = [before, after].map((groups) => groups.some(isMatch));
  if (was !== is) return is ? 'gained' : 'lost';
  return differencesOf(before, after).length === 0 ? 'unchanged' : 'changed';
}

export const isMatch = ({ outcome }: Group): boolean => outcome === 'matched';

/** What a person would see as different, the weightiest first; empty when it is the same result. */
export function differencesOf(before: readonly Group[], after: readonly Group[]): readonly string[] {
  const [one, other] = [before[0], after[0]];
  // Groups that hold the same items as one other group are alone with it.
  if (before.length !== 1 || after.length !== 1 || !one || !other)
    return sameOutcomes(before, after) ? ['partners'] : ['partners', 'outcome'];
  const different: [string, boolean][] = [
    ['outcome', one.outcome !== other.outcome],
    ['type', one.type !== other.type],
    ['difference', !sameAmount(one, other)],
    ['expected-clearing', one.expectedClearing !== other.expectedClearing],
  ];
  return different.filter(([, differs]) => differs).map(([name]) => name);
}

function sameOutcomes(before: readonly Group[], after: readonly Group[]): boolean {
  const outcomes = (groups: readonly Group[]): string =>
    [...new Set(groups.map(({ outcome }) => outcome))].toSorted().join();
  return outcomes(before) === outcomes(after);
}

function sameAmount(one: Group, other: Group): boolean {
  if (one.currency !== other.currency) return false;
  if (one.difference === null || other.difference === null) return one.difference === other.difference;
  return compare(one.difference, other.difference) === 0;
}
