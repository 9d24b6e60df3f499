import type { Item } from '@tieout/matching';
import { readBlocks } from './block-reader.store.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import type { StoredComparison } from './comparison.store.ts';
import { decide } from './decide-block.ts';
import type { DecideContext } from './decide-block.ts';
import { ratesFor } from './rates-for.worker.ts';
import { addFigures } from './figures.ts';
import type { Figure, StoredGroup } from './stored-group.ts';

/** Groups that a report names; its figures count all. */
const NAMED = 500;

export interface Report {
  readonly figures: readonly Figure[];
  /** What is not matched or explained, at most some. */
  readonly groups: readonly StoredGroup[];
}

/** Decides every block for the items up to a date, and keeps and changes nothing. An item without a date counts on every date. */
export async function report(
  desk: ComparisonDesk,
  comparison: StoredComparison,
  { asOf, settledBefore }: Pick<DecideContext, 'asOf' | 'settledBefore'>,
): Promise<Report> {
  const { comparisonId, definition, rules } = comparison;
  if (rules === null) throw new Error(`comparison ${definition.name} has no rules`);
  const context = {
    asOf,
    settledBefore: settledBefore ?? null,
    rates: await ratesFor(desk, desk.dataSource.manager, rules),
  };
  const figures = new Map<string, Figure>();
  const groups: StoredGroup[] = [];
  for await (const { sides } of readBlocks(desk.dataSource, comparisonId, definition.sides.length)) {
    const upTo = sides.map((items) => items.filter(({ date }: Item) => date === null || date <= asOf));
    const result = decide(definition, upTo, rules.ruleSet, context);
    addFigures(figures, result.figures);
    for (const group of result.groups)
      if (groups.length < NAMED && group.outcome !== 'matched' && group.outcome !== 'explained') groups.push(group);
  }
  return { figures: [...figures.values()], groups };
}
