import type { DecimalString } from '@tieout/canonical';
import { OUTCOMES, type Group, type Outcome } from '../group.ts';
import type { Block } from '../item.ts';
import { casesOf, placedItems, type Case, type Placed, type Side } from './cases.ts';
import { changeOf, differencesOf, isMatch, type Change } from './change.ts';
import { ConfirmedWatch } from './confirmed.ts';
import { exampleOf } from './example.ts';
import type { ChangeTally, ConfirmedMatch, Example, Move, ResultComparison, Tally } from './result-comparison.ts';
import { absolute, RunningTally, valueOf, type SidedItems } from './tally.ts';

export interface ComparisonOptions {
  /** Most examples of each kind of change; 10 when left out. */
  readonly examples?: number;
  /** What people have put together by hand. */
  readonly confirmed?: readonly ConfirmedMatch[];
}

/** Compares two results block by block: holds counts, sums and some examples, never the items. */
export interface RunningComparison {
  /**
   * @param block the items, which both results hold once each
   * @throws Error when they do not
   */
  add(block: Block, before: readonly Group[], after: readonly Group[]): void;
  result(): ResultComparison;
}

/** How two results over the same items differ, e.g. those of two rule sets. */
export function compareResults(
  before: readonly Group[],
  after: readonly Group[],
  items: Block,
  options: ComparisonOptions = {},
): ResultComparison {
  const comparison = createComparison(options);
  comparison.add(items, before, after);
  return comparison.result();
}

export function createComparison({ examples = 10, confirmed = [] }: ComparisonOptions = {}): RunningComparison {
  const results = { before: new Outcomes(), after: new Outcomes() };
  const [moves, unchanged, watch] = [new Moves(), new RunningTally(), new ConfirmedWatch(confirmed)];
  const changes = { gained: new Changes(examples), lost: new Changes(examples), changed: new Changes(examples) };
  const breaks = { newBreaks: new Changes(examples), goneBreaks: new Changes(examples) };
  return {
    add(block, before, after) {
      const placed = placedItems(block, before, after);
      moves.add(placed);
      watch.add(placed);
      for (const one of casesOf(placed)) {
        results.before.add(one, 'before');
        results.after.add(one, 'after');
        const change = changeOf(one);
        if (change === 'unchanged') {
          unchanged.add(one, one.value);
          continue;
        }
        changes[change].add(one, namesOf(change, one));
        for (const group of breaksOnlyIn(one, 'after')) breaks.newBreaks.addBreak(one, group);
        for (const group of breaksOnlyIn(one, 'before')) breaks.goneBreaks.addBreak(one, group);
      }
    },
    result: () => ({
      before: results.before.result(),
      after: results.after.result(),
      moves: moves.result(),
      unchanged: unchanged.result(),
      gained: changes.gained.result(),
      lost: changes.lost.result(),
      changed: changes.changed.result(),
      newBreaks: breaks.newBreaks.result(),
      goneBreaks: breaks.goneBreaks.result(),
      confirmed: watch.result(),
    }),
  };
}

const NO_RULE = 'none';

function namesOf(change: Exclude<Change, 'unchanged'>, { before, after }: Case): readonly string[] {
  if (change === 'changed') return differencesOf(before, after).slice(0, 1);
  const matches = (change === 'gained' ? after : before).filter(isMatch);
  return [...new Set(matches.map(({ rule }) => rule ?? NO_RULE))];
}

/** Breaks of one result with an item that is in no break of the other. */
function breaksOnlyIn(one: Case, when: 'before' | 'after'): readonly Group[] {
  const others = one[when === 'after' ? 'before' : 'after'].filter(isBreak);
  const broken = (side: Side): Set<string> => new Set(others.flatMap((group) => group[side]));
  const [left, right] = [broken('left'), broken('right')];
  return one[when].filter(
    (group) => isBreak(group) && (group.left.some((id) => !left.has(id)) || group.right.some((id) => !right.has(id))),
  );
}

const isBreak = ({ outcome }: Group): boolean => outcome === 'break';

function itemsOf(one: Case, group: Group): SidedItems {
  const { left, right } = one;
  if (left.length === group.left.length && right.length === group.right.length) return one;
  const ids = { left: new Set(group.left), right: new Set(group.right) };
  return { left: left.filter(({ id }) => ids.left.has(id)), right: right.filter(({ id }) => ids.right.has(id)) };
}

class Outcomes {
  readonly #tallies = new Map<Outcome, RunningTally>(OUTCOMES.map((outcome) => [outcome, new RunningTally()]));

  add(one: Case, when: 'before' | 'after'): void {
    for (const group of one[when]) {
      const items = itemsOf(one, group);
      this.#tallies.get(group.outcome)?.add(items, items === one ? one.value : valueOf(items));
    }
  }

  result(): Record<Outcome, Tally> {
    const tallies = [...this.#tallies].map(([outcome, tally]) => [outcome, tally.result()] as const);
    return Object.fromEntries(tallies) as Record<Outcome, Tally>;
  }
}

class Moves {
  readonly #counts = new Map<string, { from: Outcome; to: Outcome; left: number; right: number }>();

  add(placed: readonly Placed[]): void {
    for (const { side, before, after } of placed) {
      const [from, to] = [before.outcome, after.outcome];
      const count = this.#counts.get(`${from} ${to}`) ?? { from, to, left: 0, right: 0 };
      count[side] += 1;
      this.#counts.set(`${from} ${to}`, count);
    }
  }

  result(): readonly Move[] {
    const place = ({ from, to }: Move): number => OUTCOMES.indexOf(from) * OUTCOMES.length + OUTCOMES.indexOf(to);
    return [...this.#counts.values()].toSorted((a, b) => place(a) - place(b));
  }
}

class Changes {
  readonly #most: number;
  readonly #tally = new RunningTally();
  readonly #by = new Map<string, number>();
  readonly #examples: Example[] = [];

  constructor(examples: number) {
    this.#most = examples;
  }

  add(one: Case, names: readonly string[]): void {
    this.#tally.add(one, one.value);
    this.#note(one, names);
  }

  addBreak(one: Case, group: Group): void {
    const items = itemsOf(one, group);
    this.#tally.add(items, breakValue(group, items));
    this.#note(one, [group.type ?? NO_RULE]);
  }

  #note(one: Case, names: readonly string[]): void {
    for (const name of names) this.#by.set(name, (this.#by.get(name) ?? 0) + 1);
    if (this.#examples.length < this.#most) this.#examples.push(exampleOf(one));
  }

  result(): ChangeTally {
    const by = Object.fromEntries([...this.#by].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { ...this.#tally.result(), by, examples: this.#examples };
  }
}

/** What is open: the difference where it can be told. */
const breakValue = ({ difference, currency }: Group, items: SidedItems): Readonly<Record<string, DecimalString>> =>
  difference === null || currency === null ? valueOf(items) : { [currency]: absolute(difference) };
