import { settle } from './ambiguities.ts';
import type { CompiledMatch } from './compile.ts';
import { forEachComponent } from './components.ts';
import { evidenceOfPair, confidenceOfPair } from './evidence.ts';
import { decide, type Work } from './work.ts';

/** 1:1: pairs that are each other's only candidate. */
export function matchPairs(
  work: Work,
  compiled: CompiledMatch,
  signature: (position: number, side: 'left' | 'right') => string,
): void {
  forEachComponent(work, compiled.pairing, compiled.rule.name, (left, right) => {
    settle(work, compiled, { left, right }, signature, (a, b) => acceptPair(work, compiled, a, b));
  });
}

export function acceptPair(work: Work, compiled: CompiledMatch, left: number, right: number): void {
  const { rule } = compiled;
  decide(work, [left], [right], {
    outcome: rule.outcome,
    rule: rule.name,
    type: null,
    confidence: confidenceOfPair(work, compiled, left, right),
    evidence: compiled.isExact ? compiled.exactEvidence : evidenceOfPair(work, compiled, left, right),
    isOpposite: compiled.isOpposite,
  });
}
