import {
  againWhereTorn,
  type Cursor,
  type Page,
  type RecordRead,
  type RecordReader,
  type StateOf,
} from '@tieout/connector-erp';
import type { StateTopicName, TimestampString } from '@tieout/canonical';
import {
  advanced,
  beginning,
  isWorthStoring,
  windowOf,
  type Depth,
  type SourceCursor,
  type Window,
} from './reading-cursor.ts';

/** Says which records changed, because they did or because something did that they depend on. */
export interface ChangeSource {
  /** Never change it: the cursor is stored under it. */
  readonly name: string;
  readonly depth: Depth;
  /** Begins now rather than with everything: another source of the stream brings what is there already. */
  readonly fromNow?: true;
  page(window: Window, signal: AbortSignal): Promise<ChangePage>;
}

export interface ChangePage {
  /** Vendor ids of the stream's records. */
  readonly changed: readonly string[];
  /** The last key, null at the end. */
  readonly next: readonly string[] | null;
  /** SAP's when it answered. */
  readonly clock: Date;
}

/** What is special about one kind of record. */
export interface RecordKind<T extends StateTopicName, R extends RecordRead<StateOf<T>>> {
  readonly stream: string;
  readonly topic: T;
  readonly objectType: string;
  readonly sources: readonly ChangeSource[];
  /** Current records; those that are gone are left out. */
  byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly R[]>;
  keyOf(vendorId: string): string;
  asDeleted(value: StateOf<T>): StateOf<T>;
}

type Cursors = Readonly<Record<string, SourceCursor>>;

export interface RereadableReader<T extends StateTopicName, R extends RecordRead<StateOf<T>>> extends RecordReader<
  T,
  R
> {
  byIds(vendorIds: readonly string[], signal: AbortSignal): Promise<readonly R[]>;
}

/** Reads what the sources say that changed. SAP does not report what was deleted or archived. */
export function recordReader<T extends StateTopicName, R extends RecordRead<StateOf<T>>>(
  kind: RecordKind<T, R>,
): RereadableReader<T, R> {
  const { stream, topic, objectType, sources, keyOf, asDeleted } = kind;
  const byIds = async (ids: readonly string[], signal: AbortSignal): Promise<readonly R[]> =>
    ids.length === 0 ? [] : againWhereTorn(await kind.byIds(ids, signal), (torn) => kind.byIds(torn, signal));
  return {
    ...{ stream, topic, objectType, keyOf, asDeleted, byIds },
    async read(cursor: Cursor, signal): Promise<Page<R>> {
      const stored = (cursor ?? {}) as Cursors;
      // A reading that has begun is finished first.
      const unfinished = sources.filter(({ name }) => stored[name]?.reading);
      const steps = await readSources(unfinished.length > 0 ? unfinished : sources, stored, signal);
      const changed = [...new Set(steps.flatMap((step) => step.changed))];
      return {
        records: await byIds(changed, signal),
        deleted: [],
        next: { ...stored, ...Object.fromEntries(steps.map(({ name, next }) => [name, next])) },
        more: steps.some(({ next }) => next.reading !== null),
        worthStoring: steps.some(({ name, next }) => isWorthStoring(stored[name] ?? null, next)),
      };
    },
  };
}

interface Step {
  readonly name: string;
  readonly changed: readonly string[];
  readonly next: SourceCursor;
}

async function readSources(
  sources: readonly ChangeSource[],
  stored: Cursors,
  signal: AbortSignal,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  let began: TimestampString | null = null;
  for (const source of sources) {
    const cursor = stored[source.name] ?? null;
    if (cursor === null && source.fromNow && began !== null) {
      steps.push({ name: source.name, changed: [], next: beginning(began) });
      continue;
    }
    const window = windowOf(cursor, source.depth);
    const { changed, next, clock } = await source.page(window, signal);
    began ??= clock.toISOString();
    steps.push({ name: source.name, changed, next: advanced(cursor, window, { next, clock: clock.toISOString() }) });
  }
  return steps;
}
