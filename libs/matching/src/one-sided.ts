import type { CompiledOneSided } from './compile.ts';
import { addDays } from './dates.ts';
import type { Item } from './item.ts';
import { decide, freeOf, itemAt, type Decision, type Work } from './work.ts';

type SideName = 'left' | 'right';

/** Timing and explained differences: items that no rule on two sides has a counterpart for. */
export function decideOneSided(work: Work, compiled: CompiledOneSided): void {
  const { rule, holds } = compiled;
  for (const name of ['left', 'right'] as const) {
    if (rule.side !== 'both' && rule.side !== name) continue;
    for (const position of freeOf(work[name])) {
      const item = itemAt(work[name], position);
      if (holds !== null && !holds(item)) continue;
      const decision = decisionOf(compiled, item, work.context.asOf);
      if (decision !== null) decideAlone(work, name, position, decision);
    }
  }
}

function decisionOf({ rule }: CompiledOneSided, item: Item, asOf: string): Decision | null {
  const evidence = item.date === null ? {} : { date: item.date };
  if (rule.kind === 'explain') {
    return { outcome: 'explained', rule: rule.name, type: rule.type, confidence: 1, evidence };
  }
  const until = item.date === null ? null : addDays(item.date, rule.days);
  if (until === null || until < asOf) return null;
  return { outcome: 'timing', rule: rule.name, type: 'timing', confidence: 0, expectedClearing: until, evidence };
}

/** What nothing explains. */
export function decideMissing(work: Work): void {
  for (const name of ['left', 'right'] as const) {
    for (const position of freeOf(work[name])) {
      const gaveUp = work.gaveUp.get(itemAt(work[name], position));
      decideAlone(work, name, position, {
        outcome: 'break',
        rule: null,
        type: name === 'left' ? 'missing-right' : 'missing-left',
        confidence: 0,
        evidence: gaveUp === undefined ? {} : { search: gaveUp },
      });
    }
  }
}

function decideAlone(work: Work, name: SideName, position: number, decision: Decision): void {
  decide(work, name === 'left' ? [position] : [], name === 'left' ? [] : [position], decision);
}
