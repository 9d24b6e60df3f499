import type { CompiledRuleSet } from './compile.ts';
import { forEachNearMiss } from './near-misses.ts';
import { ambiguityOf, claimOf, isFree, type SideWork, type Work } from './work.ts';

/*
 * A reference says whose an item is even when the amount is wrong. So before rules without such a key may guess by amounts, days and
 * names, near misses are claimed: a guess may not part them, it would hide one break behind another one.
 */

interface Claim {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** Claims by their number, less one. */
export type Claims = readonly Claim[];

export function claimNearMisses(work: Work, rules: CompiledRuleSet['twoSided']): Claims {
  const claims: Claim[] = [];
  work.left.claimOf = new Map();
  work.right.claimOf = new Map();
  forEachNearMiss(work, rules, (left, right) => {
    const isOpen = (side: SideWork) => (position: number) =>
      claimOf(side, position) === 0 && ambiguityOf(side, position) === 0;
    if (!left.every(isOpen(work.left)) || !right.every(isOpen(work.right))) return;
    claims.push({ left, right });
    for (const position of left) work.left.claimOf?.set(position, claims.length);
    for (const position of right) work.right.claimOf?.set(position, claims.length);
  });
  return claims;
}

/** A claim of which a member was used is none any more. */
export function releaseClaims(work: Work, claims: Claims): void {
  for (const { left, right } of claims) {
    const isWhole =
      left.every((position) => isFree(work.left, position)) && right.every((position) => isFree(work.right, position));
    if (isWhole) continue;
    for (const position of left) work.left.claimOf?.delete(position);
    for (const position of right) work.right.claimOf?.delete(position);
  }
}

/** Some members of a claim are in and others are not. */
export function partsClaim(work: Work, left: readonly number[], right: readonly number[]): boolean {
  const members = new Map<number, number>();
  const count = (side: SideWork, positions: readonly number[]): void => {
    for (const position of positions) {
      const claim = claimOf(side, position);
      if (claim !== 0) members.set(claim, (members.get(claim) ?? 0) + 1);
    }
  };
  count(work.left, left);
  count(work.right, right);
  return [...members].some(([claim, size]) => size < sizeOf(work.left, claim) + sizeOf(work.right, claim));
}

function sizeOf(side: SideWork, claim: number): number {
  let size = 0;
  for (const other of side.claimOf?.values() ?? []) if (other === claim) size += 1;
  return size;
}
