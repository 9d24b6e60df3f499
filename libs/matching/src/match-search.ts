import { partsClaim } from './claims.ts';
import type { CompiledMatch } from './compile.ts';
import { forEachComponent, MOST_PAIRS } from './components.ts';
import { passes } from './pairing.ts';
import type { SearchBounds } from './rule-set.ts';
import type { SumBounds } from './split-search.ts';
import { findBalancedSubsets, findSubsets, isUnique, type SubsetSearch, type TwoSided } from './subset-search.ts';
import { ambiguityOf, byId, decide, itemAt, scaleOf, unitsOf, type Work } from './work.ts';

/** A grouping that balances, and whether it is the only one that its search found. */
interface Grouping {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly isCertain: boolean;
  readonly accidental: number;
  readonly note: string;
}

/** So many groupings of one pool are told apart; with more, all of them are ambiguous. */
const MOST_GROUPINGS = 8;

/** 1:N, N:1, N:M without a group key: the items that make up the sum are searched among the candidates, within bounds. */
export function matchBySearch(work: Work, compiled: CompiledMatch): void {
  const { rule } = compiled;
  forEachComponent(work, compiled.together, rule.name, (left, right) => {
    const isOpen = (side: 'left' | 'right') => (position: number) => ambiguityOf(work[side], position) === 0;
    const pool = {
      left: byId(work.left, left.filter(isOpen('left'))),
      right: byId(work.right, right.filter(isOpen('right'))),
    };
    if (pool.left.length * pool.right.length > MOST_PAIRS) return;
    const groupings = rule.cardinality === 'N:M' ? balanced(work, compiled, pool) : ofEachTarget(work, compiled, pool);
    for (const overlapping of overlaps(groupings)) decideGroupings(work, compiled, overlapping);
  });
}

interface Pool {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

function ofEachTarget(work: Work, compiled: CompiledMatch, pool: Pool): Grouping[] {
  const isLeftTarget = compiled.rule.cardinality === '1:N';
  const [targets, others] = isLeftTarget ? [pool.left, pool.right] : [pool.right, pool.left];
  return targets.flatMap((target) => {
    const candidates = others.filter((other) =>
      isLeftTarget ? passes(compiled.together, work, target, other) : passes(compiled.together, work, other, target),
    );
    if (candidates.length < 2) return [];
    return searchTarget(work, compiled, { target, candidates, isLeftTarget });
  });
}

function searchTarget(
  work: Work,
  compiled: CompiledMatch,
  { target, candidates, isLeftTarget }: { target: number; candidates: readonly number[]; isLeftTarget: boolean },
): Grouping[] {
  const [side, other] = isLeftTarget ? [work.left, work.right] : [work.right, work.left];
  const signed = (units: bigint): bigint => (compiled.isOpposite ? -units : units);
  const units = candidates.map((candidate) => signed(unitsOf(work, other, candidate)));
  const bounds = boundsOf(work, compiled, unitsOf(work, side, target), itemAt(side, target).currency);
  const search = findSubsets(units, bounds, limitsOf(compiled, 2), 2);
  noteGivenUp(work, compiled, [itemAt(side, target)], search, candidates.length);
  const groupings = search.solutions.map(({ members, lookAlikes }) => {
    const items = [...new Set([...members, ...lookAlikes])].map((n) => candidates[n] as number);
    const [left, right] = isLeftTarget ? [[target], items] : [items, [target]];
    return { left, right, isCertain: isUnique(search) || isOnlyFound(search, lookAlikes), ...facts(search) };
  });
  return groupings.some(({ left, right }) => partsClaim(work, left, right)) ? [] : groupings;
}

function balanced(work: Work, compiled: CompiledMatch, pool: Pool): Grouping[] {
  const currency = itemAt(work.left, pool.left[0] ?? 0).currency;
  const signed = (units: bigint): bigint => (compiled.isOpposite ? -units : units);
  const left = pool.left.map((position) => unitsOf(work, work.left, position));
  const right = pool.right.map((position) => signed(unitsOf(work, work.right, position)));
  const search = findBalancedSubsets(
    left,
    right,
    boundsOf(work, compiled, 0n, currency),
    limitsOf(compiled, MOST_GROUPINGS),
  );
  noteGivenUp(
    work,
    compiled,
    [...pool.left.map((p) => itemAt(work.left, p)), ...pool.right.map((p) => itemAt(work.right, p))],
    search,
    left.length + right.length,
  );
  const isComplete = search.solutions.length < MOST_GROUPINGS;
  return search.solutions
    .filter((found) => found.left.members.length + found.right.members.length > 2)
    .map((found) => {
      const lookAlikes = [...found.left.lookAlikes, ...found.right.lookAlikes];
      return {
        left: union(found.left).map((n) => pool.left[n] as number),
        right: union(found.right).map((n) => pool.right[n] as number),
        isCertain: isComplete && lookAlikes.length === 0,
        ...facts(search),
      };
    })
    .filter((grouping) => !partsClaim(work, grouping.left, grouping.right));
}

function union({ members, lookAlikes }: TwoSided['left']): number[] {
  return [...new Set([...members, ...lookAlikes])];
}

function boundsOf(work: Work, compiled: CompiledMatch, target: bigint, currency: string): SumBounds {
  const allowed = compiled.allowanceAt(scaleOf(work))(target, currency);
  return { low: target - allowed, high: target + allowed };
}

function limitsOf({ rule }: CompiledMatch, maxSolutions: number): SearchBounds & { maxSolutions: number } {
  return { ...(rule.search as SearchBounds), maxSolutions };
}

/** It gave up before it had seen all, and what it found may not be all there is: for a person to confirm. */
function isOnlyFound({ solutions, gaveUp }: SubsetSearch, lookAlikes: readonly number[]): boolean {
  return solutions.length === 1 && gaveUp !== null && lookAlikes.length === 0;
}

function facts(search: SubsetSearch<unknown>): Pick<Grouping, 'accidental' | 'note'> {
  const note =
    search.gaveUp === null
      ? `complete after ${search.steps} steps`
      : `gave up after ${search.steps} steps; all groupings of up to ${search.searchedSize} items were looked at`;
  return { accidental: search.gaveUp === null ? search.accidental : 1 + search.accidental, note };
}

function noteGivenUp(
  work: Work,
  { rule }: CompiledMatch,
  items: readonly ReturnType<typeof itemAt>[],
  search: SubsetSearch<unknown>,
  candidates: number,
): void {
  if (search.gaveUp === null) return;
  const most = rule.search?.maxCandidates ?? 0;
  const because =
    search.gaveUp === 'candidates'
      ? `${rule.name}: gave up, ${candidates} candidates, at most ${most} are searched`
      : `${rule.name}: gave up after ${search.steps} steps`;
  for (const item of items) work.gaveUp.set(item, because);
}

/** Groupings that share an item stand against each other. */
function overlaps(groupings: readonly Grouping[]): Grouping[][] {
  const clusters: { nodes: Set<string>; members: Grouping[] }[] = [];
  for (const grouping of groupings) {
    const nodes = new Set([...grouping.left.map((n) => `l${n}`), ...grouping.right.map((n) => `r${n}`)]);
    const members = [grouping];
    for (const cluster of clusters.splice(0)) {
      if (![...cluster.nodes].some((node) => nodes.has(node))) clusters.push(cluster);
      else {
        members.push(...cluster.members);
        cluster.nodes.forEach((node) => nodes.add(node));
      }
    }
    clusters.push({ nodes, members });
  }
  return clusters.map(({ members }) => members);
}

function decideGroupings(work: Work, compiled: CompiledMatch, groupings: readonly Grouping[]): void {
  const { rule } = compiled;
  const left = [...new Set(groupings.flatMap((grouping) => grouping.left))];
  const right = [...new Set(groupings.flatMap((grouping) => grouping.right))];
  const [only] = groupings;
  const isOnly = groupings.length === 1 && only?.isCertain === true;
  if (!isOnly && rule.onAmbiguity === 'ignore') return;
  const chance = Math.round(1000 / (1 + (only?.accidental ?? 0))) / 1000;
  const confidence =
    rule.confidence ?? (isOnly ? Math.min(chance, 0.95) : Math.round(1000 / (groupings.length + 1)) / 1000);
  decide(work, left, right, {
    outcome: isOnly ? outcomeOf(compiled, only) : 'ambiguous',
    rule: rule.name,
    type: null,
    confidence: isOnly && rule.outcome === 'matched' ? (rule.confidence ?? chance) : confidence,
    evidence: {
      ...(rule.keys.length > 0 && { keys: compiled.keyNames }),
      search: only?.note ?? '',
      ...(!isOnly && { groupings: String(groupings.length) }),
      ...(compiled.isOpposite && { sign: 'opposite' }),
    },
    isOpposite: compiled.isOpposite,
  });
}

/** Sums that agree by chance now and then prove nothing. */
const MOST_ACCIDENTAL = 0.01;

function outcomeOf({ rule }: CompiledMatch, { accidental }: Grouping): 'matched' | 'suggested' {
  return rule.outcome === 'matched' && accidental <= MOST_ACCIDENTAL ? 'matched' : 'suggested';
}
