import type { CompiledPairRule } from './compile.ts';
import { Edges, MOST_PAIRS } from './components.ts';
import { isPair } from './pairing.ts';
import { ambiguityOf, byId, decide, isFree, itemAt, type SideWork, type Work } from './work.ts';

interface Candidates {
  readonly left: readonly number[];
  readonly right: readonly number[];
}
export type Signature = (position: number, side: 'left' | 'right') => string;

/** A component of candidates under a 1:1 rule: a pair is accepted, anything else is an ambiguity. */
export function settle(
  work: Work,
  compiled: CompiledPairRule,
  found: Candidates,
  signature: Signature,
  accept: (left: number, right: number) => void,
): void {
  const { left, right } = found;
  if (left.length === 1 && right.length === 1) {
    const [a, b] = [left[0] as number, right[0] as number];
    if (isOnlyAmongAll(work, compiled, a, b)) accept(a, b);
    return;
  }
  if (compiled.kind === 'match' && compiled.rule.twins === 'pair' && areTwins(found, signature)) {
    const others = byId(work.right, right);
    return byId(work.left, left).forEach((position, n) => accept(position, others[n] as number));
  }
  // An earlier rule with better evidence left it open: one that cannot choose either changes nothing.
  if (ambiguityOf(work.left, left[0] as number) !== 0) return;
  if (compiled.rule.onAmbiguity === 'hold') return holdAmbiguous(work, compiled, found, signature);
  if (compiled.rule.onAmbiguity === 'pass') passOn(work, compiled, found);
}

/** Ambiguities of more members are not chosen from. */
const MOST_MEMBERS = 2000;

/**
 * Of an ambiguity a rule takes a pair that it would have taken among all members, not one that is left because others were used:
 * that is no evidence.
 */
function isOnlyAmongAll(work: Work, { pairing }: CompiledPairRule, left: number, right: number): boolean {
  const ambiguity = work.ambiguities[ambiguityOf(work.left, left) - 1];
  if (ambiguity === undefined) return true;
  if (ambiguity.left.length + ambiguity.right.length > MOST_MEMBERS) return false;
  return (
    ambiguity.left.every((other) => other === left || !isPair(pairing, work, other, right)) &&
    ambiguity.right.every((other) => other === right || !isPair(pairing, work, left, other))
  );
}

/** As many on either side, and no rule can tell them apart. */
function areTwins({ left, right }: Candidates, signature: Signature): boolean {
  return left.length === right.length && areAlike(left, 'left', signature) && areAlike(right, 'right', signature);
}

function areAlike(positions: readonly number[], side: 'left' | 'right', signature: Signature): boolean {
  const first = signature(positions[0] as number, side);
  return positions.every((position) => signature(position, side) === first);
}

function holdAmbiguous(work: Work, compiled: CompiledPairRule, found: Candidates, signature: Signature): void {
  const { left, right } = found;
  const [most, side] = left.length > right.length ? ([left, 'left'] as const) : ([right, 'right'] as const);
  const isDuplicate = left.length !== right.length && areAlike(most, side, signature);
  const isBreak = isDuplicate && compiled.kind === 'match' && compiled.rule.duplicates === 'break';
  decide(work, left, right, {
    outcome: isBreak ? 'break' : 'ambiguous',
    rule: compiled.rule.name,
    type: isDuplicate ? 'duplicate' : null,
    confidence: isBreak ? 0 : Math.round(1000 / Math.max(left.length, right.length)) / 1000,
    evidence: {
      ...(compiled.rule.keys.length > 0 && { keys: compiled.keyNames }),
      candidates: `${left.length} left, ${right.length} right`,
      ...(compiled.isOpposite && { sign: 'opposite' }),
    },
    isOpposite: compiled.isOpposite,
  });
}

/** Later rules may choose, but only within: items of different ambiguities are no candidates of each other. */
function passOn(work: Work, rule: CompiledPairRule, { left, right }: Candidates): void {
  work.ambiguities.push({ rule, left, right });
  mark(work.left, left, work.ambiguities.length);
  mark(work.right, right, work.ambiguities.length);
}

function mark(side: SideWork, positions: readonly number[], ambiguity: number): void {
  const all = (side.ambiguityOf ??= new Int32Array(side.items.length));
  for (const position of positions) all[position] = ambiguity;
}

/** Members whose candidates were all used by later rules are like any other free item again. */
export function releaseSettled(work: Work): void {
  work.ambiguities.forEach((ambiguity, n) => {
    const { left, right } = freeMembers(work, ambiguity, n + 1);
    if (left.length > 0 && right.length > 0) return;
    mark(work.left, left, 0);
    mark(work.right, right, 0);
  });
}

export function freeMembers(work: Work, { left, right }: Candidates, number: number): Candidates {
  const isOpen = (side: SideWork) => (position: number) =>
    isFree(side, position) && ambiguityOf(side, position) === number;
  return { left: left.filter(isOpen(work.left)), right: right.filter(isOpen(work.right)) };
}

/** After the last rule: what is left of each ambiguity is one, a pair left by elimination is suggested. */
export function settleAmbiguities(work: Work, signature: Signature): void {
  work.ambiguities.forEach((ambiguity, n) => {
    const open = freeMembers(work, ambiguity, n + 1);
    for (const { left, right } of componentsAmong(work, ambiguity.rule, open)) {
      if (left.length === 1 && right.length === 1) suggestLast(work, ambiguity.rule, left, right);
      else holdAmbiguous(work, ambiguity.rule, { left, right }, signature);
    }
    const { left, right } = freeMembers(work, ambiguity, n + 1);
    mark(work.left, left, 0);
    mark(work.right, right, 0);
  });
}

function suggestLast(
  work: Work,
  { rule, keyNames, isOpposite }: CompiledPairRule,
  left: readonly number[],
  right: readonly number[],
): void {
  decide(work, left, right, {
    outcome: 'suggested',
    rule: rule.name,
    type: null,
    confidence: 0.8,
    evidence: {
      ...(keyNames !== '' && { keys: keyNames }),
      by: 'elimination: its other candidates belong elsewhere',
      ...(isOpposite && { sign: 'opposite' }),
    },
    isOpposite,
  });
}

function componentsAmong(work: Work, { pairing }: CompiledPairRule, { left, right }: Candidates): Candidates[] {
  if (left.length === 0 || right.length === 0) return [];
  if (left.length * right.length > MOST_PAIRS) return [{ left, right }];
  const edges = new Edges();
  for (const a of left) for (const b of right) if (isPair(pairing, work, a, b)) edges.add(a, b);
  const components: Candidates[] = [];
  edges.forEachComponent((some, others) => components.push({ left: some, right: others }));
  return components;
}

export function signatures(work: Work, signature: (item: ReturnType<typeof itemAt>) => string): Signature {
  return (position, side) => signature(itemAt(work[side], position));
}
