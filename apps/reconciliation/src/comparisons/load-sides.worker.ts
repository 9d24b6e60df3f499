import type { Item, RuleSet } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import { snapshotRows } from '../runs/snapshot.store.ts';
import { linesOfAccounts } from '../statements/statement.store.ts';
import type { SideSource } from './comparison.ts';
import { setRules } from './comparison.store.ts';
import type { RulesInUse, StoredComparison } from './comparison.store.ts';
import { placed } from './item-row.ts';
import type { PlacedItem } from './item-row.ts';
import { clearSides, replaceSide } from './item.store.ts';
import { snapshotItem } from './snapshot-item.map.ts';
import { customerNames, holdTopics, topicRecords } from './topic-items.store.ts';
import { itemOfRecord } from './topic-item.map.ts';

/**
 * Puts the items of a comparison's topics and statements into the blocks of a rule set; its snapshots are filled by the next run. Hold the comparison; topics are held by
 * this, before: consumers take both in this order.
 */
export async function loadComparison(
  tx: EntityManager,
  { comparisonId, definition }: StoredComparison,
  rules: RulesInUse,
): Promise<void> {
  const filled = definition.sides.flatMap(({ source }, side) => (source.kind === 'snapshot' ? [] : [side]));
  await clearSides(tx, comparisonId, filled);
  for (const [side, { source }] of definition.sides.entries()) {
    if (source.kind === 'topic') await load(tx, comparisonId, side, rules.ruleSet, itemsOfTopic(tx, source));
    if (source.kind === 'file') await load(tx, comparisonId, side, rules.ruleSet, linesOfAccounts(tx, source.account));
  }
  await setRules(tx, comparisonId, rules);
}

/** Call it before the comparison is locked. */
export const holdSources = holdTopics;

/**
 * Makes the items of a snapshot's side those of a run's snapshot. Answers the rows that cannot be read, at most some: over a side
 * with such rows nothing is proven.
 */
export async function loadSnapshot(
  tx: EntityManager,
  { comparisonId, definition, rules }: StoredComparison,
  side: number,
  snapshotRunId: string,
): Promise<readonly string[]> {
  const source = definition.sides[side]?.source;
  if (source?.kind !== 'snapshot' || rules === null) return [];
  const unreadable: string[] = [];
  await load(tx, comparisonId, side, rules.ruleSet, itemsOfSnapshot(tx, source, snapshotRunId, unreadable));
  return unreadable;
}

async function load(
  tx: EntityManager,
  comparisonId: number,
  side: number,
  ruleSet: RuleSet,
  pages: AsyncIterable<readonly Item[]>,
): Promise<void> {
  await replaceSide(tx, comparisonId, side, inBlocks(pages, side, ruleSet));
}

async function* inBlocks(
  pages: AsyncIterable<readonly Item[]>,
  side: number,
  ruleSet: RuleSet,
): AsyncIterable<readonly PlacedItem[]> {
  for await (const page of pages) yield page.map((item) => placed(item, side, ruleSet));
}

async function* itemsOfTopic(
  tx: EntityManager,
  source: Extract<SideSource, { kind: 'topic' }>,
): AsyncIterable<readonly Item[]> {
  for await (const records of topicRecords(tx, source.object)) {
    const names = await customerNames(tx, records);
    yield records.flatMap((record) => itemOfRecord(source, record, names) ?? []);
  }
}

const NAMED = 20;

async function* itemsOfSnapshot(
  tx: EntityManager,
  source: Extract<SideSource, { kind: 'snapshot' }>,
  snapshotRunId: string,
  unreadable: string[],
): AsyncIterable<readonly Item[]> {
  for await (const rows of snapshotRows(tx, snapshotRunId, source))
    yield rows.flatMap((row) => {
      try {
        return snapshotItem(source.object, row, source.instance, source.system) ?? [];
      } catch (error) {
        if (unreadable.length < NAMED)
          unreadable.push(`${row.itemId}: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    });
}
