import { canonicalJson } from '@tieout/canonical';
import { breakIdOf } from '../checks/difference.ts';
import type { Difference } from '../checks/difference.ts';
import type { Finding } from '../checks/verdict.ts';
import type { StoredGroup } from './stored-group.ts';

export interface BlockChange {
  /** Breaks that are new or say something else. */
  readonly findings: readonly Finding[];
  /** What stood before and stands no more, by break id. */
  readonly gone: ReadonlyMap<string, Pick<Difference, 'objectType' | 'object'>>;
}

/** What a new decision about blocks changes for their breaks; one that left a block for another of the same call is not gone. */
export function blockChange(
  blocks: readonly { readonly before: readonly StoredGroup[]; readonly after: readonly StoredGroup[] }[],
): BlockChange {
  const old = worksOf(blocks.flatMap(({ before }) => before));
  const now = worksOf(blocks.flatMap(({ after }) => after));
  const findings = [...now].flatMap(([breakId, difference]) => {
    const earlier = old.get(breakId);
    const same = earlier !== undefined && canonicalJson(earlier) === canonicalJson(difference);
    return same ? [] : [{ breakId, difference, verdict: 'break' as const, streak: 1 }];
  });
  return { findings, gone: new Map([...old].filter(([breakId]) => !now.has(breakId))) };
}

/** What people have to look at in groups, by break id. */
export const worksOf = (groups: readonly StoredGroup[]): Map<string, Difference> =>
  new Map(groups.flatMap(({ parts }) => parts.flatMap(({ work }) => (work ? [[breakIdOf(work), work] as const] : []))));
