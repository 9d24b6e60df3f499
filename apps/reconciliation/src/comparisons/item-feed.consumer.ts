import type { TopicName } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { TopicObject } from './comparison.ts';
import { TOPIC_OBJECTS } from './comparison.ts';
import { fedComparisons } from './comparison.store.ts';
import type { StoredComparison } from './comparison.store.ts';
import { markBlocks } from './dirty.store.ts';
import { putItems, removeItems } from './item.store.ts';
import { placed } from './item-row.ts';
import type { PlacedItem } from './item-row.ts';
import { customerNames, documentsOfCustomers } from './topic-items.store.ts';
import type { TopicRecord } from './topic-items.store.ts';
import { itemOfRecord } from './topic-item.map.ts';

/** A key of a topic with its newest record, null when there is none any more. */
export interface ChangedKey {
  readonly key: string;
  readonly value: unknown;
}

/**
 * Keeps the items of all comparisons up to date with what a topic says now, and marks the blocks that changed, in the transaction
 * that stores the records. Call it after the records were written: who loads a comparison's items holds the table until then.
 */
export async function feedItems(tx: EntityManager, topic: TopicName, changes: readonly ChangedKey[]): Promise<void> {
  if (changes.length === 0) return;
  const object = objectOf(topic);
  if (object === null && topic !== 'finance.customer.v1') return;
  const fed = (await fedComparisons(tx)).filter(takesTopics);
  if (fed.length === 0) return;
  if (object !== null) await feed(tx, fed, object, changes);
  else {
    const renamed = changes.map(({ key }) => key);
    for (const one of TOPIC_OBJECTS) await feed(tx, fed, one, await documentsOfCustomers(tx, one, renamed));
  }
}

const takesTopics = ({ definition, rules }: StoredComparison): boolean =>
  rules !== null && definition.sides.some(({ source }) => source.kind === 'topic');

const objectOf = (topic: TopicName): TopicObject | null =>
  TOPIC_OBJECTS.find((object) => topic === `finance.${object}.v1`) ?? null;

async function feed(
  tx: EntityManager,
  comparisons: readonly StoredComparison[],
  object: TopicObject,
  changes: readonly ChangedKey[],
): Promise<void> {
  const concerned = comparisons.filter(({ definition }) =>
    definition.sides.some(({ source }) => source.kind === 'topic' && source.object === object),
  );
  if (concerned.length === 0 || changes.length === 0) return;
  const records = changes as readonly TopicRecord[];
  const names = await customerNames(tx, records);
  for (const comparison of concerned) await feedOne(tx, comparison, object, records, names);
}

async function feedOne(
  tx: EntityManager,
  { comparisonId, definition, rules }: StoredComparison,
  object: TopicObject,
  records: readonly TopicRecord[],
  names: ReadonlyMap<string, string>,
): Promise<void> {
  if (rules === null) return;
  const dirty = new Set<string>();
  for (const [side, { source }] of definition.sides.entries()) {
    if (source.kind !== 'topic' || source.object !== object) continue;
    const put: PlacedItem[] = [];
    const removed: string[] = [];
    for (const record of records) {
      const item = itemOfRecord(source, record, names);
      if (item === null) removed.push(record.key);
      else put.push(placed(item, side, rules.ruleSet));
    }
    for (const block of await putItems(tx, comparisonId, put)) dirty.add(block);
    for (const block of await removeItems(tx, comparisonId, side, removed)) dirty.add(block);
  }
  await markBlocks(tx, comparisonId, dirty);
}
