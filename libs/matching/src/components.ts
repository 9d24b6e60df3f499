import { passes, scopeOf, type Pairing, type Window } from './pairing.ts';
import { itemAt, type SideWork, type Work } from './work.ts';

/** Items that are candidates of each other, directly or through others: what is decided together. */
export type Found = (left: readonly number[], right: readonly number[]) => void;

/** Pairs of one class that are tried at most; a larger class is left alone, and its items say so if they end as breaks. */
export const MOST_PAIRS = 1_000_000;

/**
 * Every component of the free items under the pairing, each with items of both sides. Near-linear: classes by hash, windows by
 * sorting; pairs are only tried where a pairing has two windows or compares texts.
 */
export function forEachComponent(work: Work, pairing: Pairing, rule: string, found: Found): void {
  if (work.left.free === 0 || work.right.free === 0) return;
  if (pairing.word !== null) forEachByWords(work, pairing, rule, found);
  else forEachByKeys(work, pairing, rule, found);
}

function forEachByKeys(work: Work, pairing: Pairing, rule: string, found: Found): void {
  const { left, right } = work;
  /* Chains instead of lists: for most classes of most blocks there is one item a side. */
  const heads = new Map<string, number>();
  const nextLeft = new Int32Array(left.items.length);
  eachCandidate(left, pairing.keys.left, pairing.usable.left, (position, key) => {
    nextLeft[position] = heads.get(key) ?? -1;
    heads.set(key, position);
  });
  const firstRight = new Int32Array(left.items.length).fill(-1);
  const nextRight = new Int32Array(right.items.length);
  eachCandidate(right, pairing.keys.right, pairing.usable.right, (position, key) => {
    const head = heads.get(key);
    if (head === undefined) return;
    nextRight[position] = firstRight[head] as number;
    firstRight[head] = position;
  });
  for (const head of heads.values()) {
    const first = firstRight[head] as number;
    if (first < 0) continue;
    if ((nextLeft[head] as number) < 0 && (nextRight[first] as number) < 0) {
      if (passes(pairing, work, head, first)) found([head], [first]);
    } else forEachInClass(work, pairing, { left: chain(nextLeft, head), right: chain(nextRight, first) }, rule, found);
  }
}

function eachCandidate(
  side: SideWork,
  keyOf: Pairing['keys']['left'],
  isUsable: Pairing['usable']['left'],
  visit: (position: number, key: string) => void,
): void {
  const { items, groupOf } = side;
  for (let position = 0; position < items.length; position += 1) {
    if (groupOf[position] !== 0) continue;
    const item = itemAt(side, position);
    if (isUsable !== null && !isUsable(item)) continue;
    const key = keyOf(item);
    if (key !== null) visit(position, key);
  }
}

function chain(next: Int32Array, head: number): number[] {
  const positions: number[] = [];
  for (let position = head; position >= 0; position = next[position] as number) positions.push(position);
  return positions;
}

interface Positions {
  readonly left: number[];
  readonly right: number[];
}

/** A class with several items: divided further by what else must be equal, then by the window. */
function forEachInClass(work: Work, pairing: Pairing, members: Positions, rule: string, found: Found): void {
  for (const part of partsOf(work, pairing, members)) {
    if (pairing.window === null && pairing.tests.length === 0) found(part.left, part.right);
    else if (pairing.window === null) forEachByTests(work, pairing, part, rule, found);
    else forEachByWindow(work, pairing, pairing.window, part, rule, found);
  }
}

function partsOf(work: Work, pairing: Pairing, members: Positions): Positions[] {
  const parts = new Map<string, Positions>();
  const textOf = (side: 'left' | 'right', position: number): string => {
    const item = itemAt(work[side], position);
    const texts = pairing.equal.map((sides) => sides[side](item) ?? '\u0000');
    return `${scopeOf(pairing, work[side], position)}\u001f${texts.join('\u001f')}`;
  };
  for (const position of members.left) {
    const text = textOf('left', position);
    const part = parts.get(text);
    if (part === undefined) parts.set(text, { left: [position], right: [] });
    else part.left.push(position);
  }
  for (const position of members.right) parts.get(textOf('right', position))?.right.push(position);
  return [...parts.values()].filter(({ right }) => right.length > 0);
}

function forEachByTests(work: Work, pairing: Pairing, { left, right }: Positions, rule: string, found: Found): void {
  if (left.length * right.length > MOST_PAIRS) return giveUp(work, { left, right }, rule);
  const edges = new Edges();
  for (const a of left) for (const b of right) if (passes(pairing, work, a, b)) edges.add(a, b);
  edges.forEachComponent(found);
}

interface Bounded {
  readonly position: number;
  readonly low: bigint | number;
  readonly high: bigint | number;
}
interface Placed {
  readonly position: number;
  readonly at: bigint | number;
}

function forEachByWindow(
  work: Work,
  pairing: Pairing,
  window: Window,
  part: Positions,
  rule: string,
  found: Found,
): void {
  const left = part.left.flatMap((position): Bounded[] => {
    const bounds = window.bounds(work, position);
    return bounds === null ? [] : [{ position, low: bounds[0], high: bounds[1] }];
  });
  const right = part.right.flatMap((position): Placed[] => {
    const at = window.at(work, position);
    return at === null ? [] : [{ position, at }];
  });
  left.sort((a, b) => order(a.low, b.low) || order(a.high, b.high));
  right.sort((a, b) => order(a.at, b.at));
  if (pairing.tests.length === 0) chainsOfWindows(left, right, found);
  else pairsInWindows(work, pairing, left, right, rule, found);
}

/** Windows move forward, so two neighbours are connected when they share an item: no pair needs to be looked at. */
function chainsOfWindows(left: readonly Bounded[], right: readonly Placed[], found: Found): void {
  let [from, to] = [0, 0];
  let open: Positions | null = null;
  for (const { position, low, high } of left) {
    while (from < right.length && (right[from] as Placed).at < low) from += 1;
    const isConnected: boolean = open !== null && from < to;
    if (!isConnected) {
      if (open !== null) found(open.left, open.right);
      open = null;
      to = from;
    }
    const start = to;
    while (to < right.length && (right[to] as Placed).at <= high) to += 1;
    if (to === from) continue;
    open ??= { left: [], right: [] };
    open.left.push(position);
    for (let n = start; n < to; n += 1) open.right.push((right[n] as Placed).position);
  }
  if (open !== null) found(open.left, open.right);
}

function pairsInWindows(
  work: Work,
  pairing: Pairing,
  left: readonly Bounded[],
  right: readonly Placed[],
  rule: string,
  found: Found,
): void {
  const spans = spansOf(left, right);
  const pairs = spans.reduce((sum, [from, to]) => sum + to - from, 0);
  if (pairs > MOST_PAIRS) {
    return giveUp(work, { left: left.map((a) => a.position), right: right.map((b) => b.position) }, rule);
  }
  const edges = new Edges();
  left.forEach(({ position }, n) => {
    const [from, to] = spans[n] as readonly [number, number];
    for (let m = from; m < to; m += 1) {
      const other = (right[m] as Placed).position;
      if (passes(pairing, work, position, other)) edges.add(position, other);
    }
  });
  edges.forEachComponent(found);
}

function spansOf(left: readonly Bounded[], right: readonly Placed[]): (readonly [from: number, to: number])[] {
  let [from, to] = [0, 0];
  return left.map(({ low, high }) => {
    while (from < right.length && (right[from] as Placed).at < low) from += 1;
    to = Math.max(to, from);
    while (to < right.length && (right[to] as Placed).at <= high) to += 1;
    return [from, to];
  });
}

function forEachByWords(work: Work, pairing: Pairing, rule: string, found: Found): void {
  const word = pairing.word as NonNullable<Pairing['word']>;
  const [holder, other] = word.holder === 'left' ? (['left', 'right'] as const) : (['right', 'left'] as const);
  const classes = new Map<string, { readonly others: number[]; readonly holders: number[] }>();
  eachCandidate(work[other], pairing.keys[other], pairing.usable[other], (position, key) => {
    const text = word.contained(itemAt(work[other], position));
    if (text === null) return;
    const name = `${key}\u001f${text}`;
    const known = classes.get(name);
    if (known === undefined) classes.set(name, { others: [position], holders: [] });
    else known.others.push(position);
  });
  eachCandidate(work[holder], pairing.keys[holder], pairing.usable[holder], (position, key) => {
    for (const run of word.runs(itemAt(work[holder], position))) {
      classes.get(`${key}\u001f${run}`)?.holders.push(position);
    }
  });
  const edges = new Edges();
  for (const { others, holders } of classes.values()) {
    const [left, right] = holder === 'left' ? [holders, others] : [others, holders];
    if (left.length * right.length > MOST_PAIRS) {
      giveUp(work, { left, right }, rule);
      edges.exclude(left, right);
    } else for (const a of left) for (const b of right) if (passes(pairing, work, a, b)) edges.add(a, b);
  }
  edges.forEachComponent(found);
}

function giveUp(work: Work, { left, right }: Positions, rule: string): void {
  const because = `${rule}: ${left.length} left and ${right.length} right candidates are more than it compares`;
  for (const position of left) work.gaveUp.set(itemAt(work.left, position), because);
  for (const position of right) work.gaveUp.set(itemAt(work.right, position), because);
}

function order(a: bigint | number, b: bigint | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Pairs of positions and what they connect. */
export class Edges {
  readonly #parents = new Map<number, number>();
  readonly #excluded = new Set<number>();

  /** Left positions are even nodes, right positions odd ones. */
  add(left: number, right: number): void {
    const [a, b] = [this.#root(left * 2), this.#root(right * 2 + 1)];
    if (a !== b) this.#parents.set(a, b);
  }

  /** Nothing is known about all candidates of these, so no component with one of them is decided. */
  exclude(left: readonly number[], right: readonly number[]): void {
    for (const position of left) this.#excluded.add(position * 2);
    for (const position of right) this.#excluded.add(position * 2 + 1);
  }

  forEachComponent(found: Found): void {
    const unknown = new Set([...this.#excluded].map((node) => this.#root(node)));
    const components = new Map<number, Positions>();
    for (const node of this.#parents.keys()) {
      const root = this.#root(node);
      if (unknown.has(root)) continue;
      let component = components.get(root);
      if (component === undefined) components.set(root, (component = { left: [], right: [] }));
      component[node % 2 === 0 ? 'left' : 'right'].push(Math.floor(node / 2));
    }
    for (const { left, right } of components.values()) found(left, right);
  }

  #root(node: number): number {
    let root = node;
    for (let parent = this.#parents.get(root); parent !== root; parent = this.#parents.get(root)) {
      if (parent === undefined) this.#parents.set(root, root);
      else root = parent;
    }
    for (let next = node; next !== root;) {
      const parent = this.#parents.get(next) as number;
      this.#parents.set(next, root);
      next = parent;
    }
    return root;
  }
}
