import type { Group } from '../group.ts';
import type { Placed, Side } from './cases.ts';
import type { ConfirmedComparison, ConfirmedFate, ConfirmedMatch } from './result-comparison.ts';

/** Outcomes that put items together for good, or would with a person's word, which these have. */
const TOGETHER: ReadonlySet<string> = new Set(['matched', 'suggested', 'explained']);

interface Watched {
  readonly match: ConfirmedMatch;
  readonly placed: Placed[];
}

const keyOf = (side: Side, id: string): string => `${side} ${id}`;
const sizeOf = ({ left, right }: Pick<Group, Side>): number => left.length + right.length;

/** Watches what becomes of matches that people have confirmed; their items may be in different blocks. */
export class ConfirmedWatch {
  readonly #watched: readonly Watched[];
  readonly #byItem = new Map<string, Watched[]>();

  constructor(matches: readonly ConfirmedMatch[]) {
    this.#watched = matches.map((match) => ({ match, placed: [] }));
    for (const watched of this.#watched)
      for (const key of keysOf(watched.match)) this.#byItem.set(key, [...(this.#byItem.get(key) ?? []), watched]);
  }

  add(placed: readonly Placed[]): void {
    if (this.#byItem.size === 0) return;
    for (const one of placed)
      for (const watched of this.#byItem.get(keyOf(one.side, one.item.id)) ?? []) watched.placed.push(one);
  }

  result(): ConfirmedComparison {
    const counts: Record<ConfirmedFate, number> = { agrees: 0, untouched: 0, lost: 0, absent: 0 };
    const lost: ConfirmedComparison['lost'][number][] = [];
    for (const watched of this.#watched) {
      const fate = fateOf(watched);
      counts[fate] += 1;
      if (fate === 'lost') lost.push({ ...watched.match, becomes: groupsOf(watched, 'after') });
    }
    return { counts, lost };
  }
}

const keysOf = ({ left, right }: ConfirmedMatch): string[] => [
  ...left.map((id) => keyOf('left', id)),
  ...right.map((id) => keyOf('right', id)),
];

const groupsOf = ({ placed }: Watched, when: 'before' | 'after'): Group[] => [
  ...new Set(placed.map((one) => one[when])),
];

function fateOf(watched: Watched): ConfirmedFate {
  if (watched.placed.length < sizeOf(watched.match)) return 'absent';
  const [after, ...others] = groupsOf(watched, 'after');
  if (after && others.length === 0 && TOGETHER.has(after.outcome) && sizeOf(after) === sizeOf(watched.match))
    return 'agrees';
  return watched.placed.every(({ before, after: is }) => sameGroup(before, is)) ? 'untouched' : 'lost';
}

const sameGroup = (a: Group, b: Group): boolean =>
  a.outcome === b.outcome && a.left.join('\n') === b.left.join('\n') && a.right.join('\n') === b.right.join('\n');
