import type { SnapshotReading } from '@tieout/messaging';
import type { SapClient } from './client.ts';
import { keysetPage, type Keyset } from './keyset.client.ts';
import type { Row } from './odata.ts';
import { incompleteness, sumsOf, type SnapshotItem, type SummedFields } from './snapshot.ts';

/** How one kind of object is read whole. */
export interface SnapshotKind {
  readonly keyset: Omit<Keyset, 'query'>;
  readonly select: readonly string[];
  readonly expand?: readonly string[];
  /** What counts up to a cut-off, null for all. */
  filter(cutOff: string | null): string;
  /** What the pages need that is read once, before them. */
  prepare?(signal: AbortSignal): Promise<void>;
  /** Items of a page of rows. */
  items(rows: readonly Row[], signal: AbortSignal): Promise<readonly SnapshotItem[]> | readonly SnapshotItem[];
  readonly summed: SummedFields;
}

const PAGE = 200;
/** A reading that others changed meanwhile is taken again so often before it is handed on as incomplete. */
const READINGS = 3;

export async function readSnapshot(
  client: SapClient,
  kind: () => SnapshotKind,
  cutOff: string | null,
  signal: AbortSignal,
): Promise<SnapshotReading> {
  let reading = await readOnce(client, kind(), cutOff, signal);
  for (let n = 1; reading.error !== null && n < READINGS; n += 1)
    reading = await readOnce(client, kind(), cutOff, signal);
  return reading;
}

/** SAP sums nothing of these, but it counts: before, after, and behind each key what there is. */
async function readOnce(
  client: SapClient,
  kind: SnapshotKind,
  cutOff: string | null,
  signal: AbortSignal,
): Promise<SnapshotReading> {
  const filter = kind.filter(cutOff);
  const before = await countOf(client, kind, filter, signal);
  await kind.prepare?.(signal);
  const items: SnapshotItem[] = [];
  const parts = kind.expand === undefined ? {} : { expand: kind.expand };
  const keyset = { ...kind.keyset, query: { select: kind.select, ...parts, filter, top: PAGE } };
  let read = 0;
  for (let after: readonly string[] | null = null; ;) {
    const page = await keysetPage(client, keyset, after, { signal, use: 'backfill' });
    read += page.rows.length;
    items.push(...(await kind.items(page.rows, signal)));
    if (page.next === null) break;
    after = page.next;
  }
  const { count } = await countOf(client, kind, filter, signal);
  return {
    items,
    sums: sumsOf(items, kind.summed),
    takenAt: before.date,
    error: incompleteness(before.count, read, count),
  };
}

async function countOf(
  client: SapClient,
  { keyset: { service, set, keys } }: SnapshotKind,
  filter: string,
  signal: AbortSignal,
): Promise<{ count: number | null; date: Date }> {
  const query = { select: keys, filter, orderBy: keys, top: 1, count: true };
  return client.page(service, set, query, { signal, use: 'backfill' });
}
