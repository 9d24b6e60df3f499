import { ENTITY_NAMES, type Arrival, type EntityName } from '@tieout/connector-salesforce';
import { inTransaction, type Poll } from '@tieout/messaging';
import { contractsOfLines } from '../records/contract-line.store.ts';
import type { ChangeStreamOptions, EventOutcome } from './change-options.ts';
import { withDue, type ChangeCursor } from './cursor.ts';
import { judge, type Verdict } from './judge.ts';
import { isInReading, type KnownVersion } from './known-version.ts';
import { raiseUnknown } from './unknown-entity.worker.ts';

type Read = Extract<Verdict, { kind: 'read' }>;
/** Records of one kind that an event asks for. */
interface Wanted {
  readonly verdict: Read;
  /** A line stands for its contract; none when nobody knows which that was. */
  readonly ids: readonly string[];
}

/**
 * Deals with what arrived, in one transaction with the place in the stream: events on the same record collapse, records that
 * were read after the change are left, the others are read again by id, in one reading per kind. Answers the cursor after it.
 */
export async function ingestEvents(
  options: ChangeStreamOptions,
  { signal, advance }: Pick<Poll<ChangeCursor>, 'signal' | 'advance'>,
  cursor: ChangeCursor,
  arrivals: readonly Arrival[],
): Promise<ChangeCursor> {
  const events = arrivals.flatMap(({ event }) => (event === null ? [] : [event]));
  const verdicts = events.map(judge);
  for (const event of events)
    if ('unreadable' in event)
      options.logger.error({ instance: options.instance, reason: event.unreadable }, 'a change event cannot be read');
  const wanted = await recordsOf(options, verdicts, signal);
  const readings = await readWanted(options, wanted, signal);
  const outcomes = verdicts.map((verdict) => ({ entity: entityOf(verdict), outcome: outcomeOf(verdict, readings) }));
  const replayId = arrivals.at(-1)?.replayId ?? cursor.replayId;
  const owed = verdicts.reduce(withVerdict, cursor);
  const counted = { ...owed, events: countedIn(owed.events, outcomes) };
  const next = { ...counted, replayId, replayAt: new Date().toISOString() };
  const unknown = verdicts.flatMap((verdict) => (verdict.kind === 'unknown-entity' ? [verdict.entity] : []));
  const stored = await inTransaction(options.dataSource, async (tx) => {
    const cursorAfter = await raiseUnknown(options, tx, next, unknown);
    await advance(tx, cursorAfter);
    for (const store of readings.stores) await store(tx);
    return cursorAfter;
  });
  for (const { entity, outcome } of outcomes) options.onEvents(entity, outcome, 1);
  return stored;
}

/** Records that the events ask for. What a line's event says of its contract counts beside what is known: it may have moved. */
async function recordsOf(
  { client, dataSource, instance }: ChangeStreamOptions,
  verdicts: readonly Verdict[],
  signal: AbortSignal,
): Promise<readonly Wanted[]> {
  const reads = verdicts.filter((verdict) => verdict.kind === 'read');
  const lines = reads.filter(({ entity }) => entity === 'Contract_Line__c');
  const lineIds = [...new Set(lines.flatMap(({ ids }) => ids))];
  const known = new Map(lineIds.length > 0 ? await contractsOfLines(dataSource.manager, instance, lineIds) : []);
  const told = new Set(lines.flatMap(({ ids, contractId }) => (contractId === null ? [] : ids)));
  const unresolved = lineIds.filter((id) => !known.has(id) && !told.has(id));
  if (unresolved.length > 0)
    for (const { Id, Contract__c } of (await client.byId('Contract_Line__c', unresolved, signal)).records)
      known.set(Id, Contract__c);
  return reads.map((verdict) => {
    if (verdict.entity !== 'Contract_Line__c') return { verdict, ids: verdict.ids };
    const contracts = verdict.ids.flatMap((id) => [verdict.contractId, known.get(id) ?? null]);
    return { verdict, ids: [...new Set(contracts.filter((id) => id !== null))] };
  });
}

interface Readings {
  readonly wanted: ReadonlyMap<Verdict, Wanted>;
  readonly known: ReadonlyMap<string, KnownVersion>;
  readonly stores: readonly Awaited<ReturnType<ChangeStreamOptions['kinds'][number]['read']>>[];
}

async function readWanted(
  { kinds, dataSource }: ChangeStreamOptions,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<Readings> {
  const known = new Map<string, KnownVersion>();
  const stores = [];
  for (const kind of kinds) {
    const mine = wanted.filter(({ verdict }) => readBy(verdict.entity) === kind.entity);
    const ids = [...new Set(mine.flatMap((one) => one.ids))];
    if (ids.length === 0) continue;
    for (const [id, version] of await kind.known(dataSource.manager, ids)) known.set(id, version);
    const unread = mine.flatMap(({ verdict, ids: own }) =>
      own.filter((id) => !isInReading(verdict.committedAt, known.get(id))),
    );
    if (unread.length > 0) stores.push(await kind.read([...new Set(unread)], signal));
  }
  return { wanted: new Map(wanted.map((one) => [one.verdict, one])), known, stores };
}

function readBy(entity: EntityName): EntityName {
  return entity === 'Contract_Line__c' ? 'Contract' : entity;
}

function entityOf(verdict: Verdict): string {
  return verdict.entity ?? 'unknown';
}

function outcomeOf(verdict: Verdict, { wanted, known }: Readings): EventOutcome {
  switch (verdict.kind) {
    case 'sweep':
      return verdict.reason === 'unreadable' ? 'unreadable' : 'sweep';
    case 'read': {
      const ids = wanted.get(verdict)?.ids ?? [];
      // A line that was purged before anybody asked for it: its contract, if there is one, has no such line.
      if (ids.length === 0) return 'unknown-line';
      if (ids.every((id) => isInReading(verdict.committedAt, known.get(id)))) return 'already-read';
      return verdict.gap ? 'gap' : 'read';
    }
    default:
      return verdict.kind;
  }
}

function withVerdict(cursor: ChangeCursor, verdict: Verdict): ChangeCursor {
  if (verdict.kind !== 'sweep') return cursor;
  const { entity, reason, from } = verdict;
  return withDue(cursor, entity === null ? ENTITY_NAMES : [entity], { reason, from });
}

function countedIn(
  events: ChangeCursor['events'],
  outcomes: readonly { readonly outcome: EventOutcome }[],
): ChangeCursor['events'] {
  const counts = { ...events };
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
