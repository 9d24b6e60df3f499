import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { errorMessage } from './errors.ts';
import { protocolErrorType } from './kafka.ts';
import { nextEvents, refuseEvent, settle, type OutboxRow, type Published } from './outbox.store.ts';
import { acknowledgeHolds } from './published-topic.store.ts';
import { takeOver, type RelayLeader } from './relay-leader.ts';
import type { PlacedRows } from './verified-send.ts';
import { tryRelayLock, type RelayLock, type RelayLockOptions } from './relay-lock.ts';

export interface RelayOptions extends RelayLockOptions {
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly maxRecords?: number;
  readonly maxBytes?: number;
  /** Called after a committed batch, with the topics of its records. */
  readonly onPublished?: (rows: readonly OutboxRow[]) => void;
  readonly onTakeOver?: () => void;
  readonly onError?: (error: unknown) => void;
}

export type RelayState = 'starting' | 'standby' | 'leading' | 'failing' | 'stopped';

export interface RelayStatus {
  readonly state: RelayState;
  readonly lastError: string | null;
  /** Topics with more partitions than keys are spread over; see docs/how-to/raise-partitions.md. */
  readonly unplanned: readonly string[];
}

type Status = { -readonly [K in keyof RelayStatus]: RelayStatus[K] } & { wake: (() => void) | null };
export interface Relay {
  /** Events may have been committed. False when another replica leads, who has to be told. */
  wake(): boolean;
  state(): RelayStatus;
  stop(): Promise<void>;
}

const MAX_RECORDS = 2_000;
const MAX_BYTES = 768 * 1024;
const LOCK_RETRY_MS = 500;
const ERROR_BACKOFF_MS = [50, 200, 500, 1_000, 2_000];
/**
 * How long to wait for a wake-up before looking again: doubled from the first to the last while nothing comes. A busy service
 * may be slow to notify, since its connections are all in use; and a notification can be lost.
 */
const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 1_000;
/** How often holds are looked for, and partition counts. */
const CONTROL_MS = 1_000;
/** When it is stopped the relay still publishes what its service has finished, for so long. */
const LAST_DRAIN_MS = 2_000;
/** What the broker says of a record that it will never take; everything else is the cluster's trouble, not the record's. */
const REFUSALS = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP']);

/**
 * Publishes the outbox of one service until it is stopped; replicas stand by for the lock and one takes over within 15 s
 * when the leader dies or freezes.
 *
 * Order: of row ids per key, whatever the order of commits; one Kafka transaction at a time. Delivery: each row once to
 * read_committed subscribers, also across kills (docs/decisions/0002, 0010). Blocks nobody: returns at once, and while Kafka is
 * away rows wait. Failure: after any error it takes over again, at most every 2 s, and says so in `state()`; a record that the
 * broker refuses is set aside and its key held, the rest goes on; one topic that cannot be written holds the others back.
 * `stop` publishes what is committed, for up to 2 s.
 */
export function startRelay(options: RelayOptions): Relay {
  const stopping = new AbortController();
  const status: Status = { state: 'starting', lastError: null, unplanned: [], wake: null };
  const finished = lead(options, stopping.signal, status);
  return {
    wake() {
      status.wake?.();
      return status.wake !== null;
    },
    state: () => ({ state: status.state, lastError: status.lastError, unplanned: status.unplanned }),
    async stop() {
      stopping.abort();
      await finished;
      status.state = 'stopped';
    },
  };
}

async function lead(options: RelayOptions, stop: AbortSignal, status: Status): Promise<void> {
  // Outlives a leader: the batch size that a refused record forced upon us.
  const size = { limit: options.maxRecords ?? MAX_RECORDS };
  for (let failures = 0; !stop.aborted;) {
    let lock: RelayLock | null = null;
    let leader: RelayLeader | null = null;
    try {
      lock = await tryRelayLock(options);
      if (!lock) {
        status.state = 'standby';
        await pause(LOCK_RETRY_MS, stop);
        continue;
      }
      leader = await takeOver({ kafka: options.kafka, service: options.service, lock });
      status.state = 'leading';
      status.wake = lock.wake;
      options.onTakeOver?.();
      await drain(options, lock, leader, size, stop, status, () => {
        failures = 0;
        status.lastError = null;
      });
    } catch (error) {
      status.state = 'failing';
      status.lastError = errorMessage(error);
      options.onError?.(error);
      options.logger.warn({ err: error, failures }, 'outbox relay takes over again after an error');
      await pause(ERROR_BACKOFF_MS[Math.min(failures++, ERROR_BACKOFF_MS.length - 1)] ?? 0, stop);
    } finally {
      status.wake = null;
      await leader?.close().catch(() => undefined);
      await lock?.release();
    }
  }
}

async function drain(
  options: RelayOptions,
  lock: RelayLock,
  leader: RelayLeader,
  size: { limit: number },
  stop: AbortSignal,
  status: Status,
  succeeded: () => void,
): Promise<void> {
  const maxRecords = options.maxRecords ?? MAX_RECORDS;
  let stoppedAt: number | null = null;
  const readNext = (limit = size.limit, besides: readonly OutboxRow[] = []): Promise<OutboxRow[]> => {
    lock.beforeReading();
    return nextEvents(lock, limit, idsOf(besides));
  };
  let read = await readNext();
  // The deletion of the batch before; it has its place in the next transaction, in front of the commit.
  let settled: Promise<unknown> = Promise.resolve();
  let controlledAt = Date.now();
  let poll = FIRST_POLL_MS;
  for (;;) {
    if (Date.now() - controlledAt > CONTROL_MS) {
      controlledAt = Date.now();
      await settled;
      status.unplanned = await leader.unplannedTopics();
      // Nothing is under way here, so once what was read ahead is read again nothing of a held topic is left.
      const held = await acknowledgeHolds(lock);
      leader.forget(held);
      if (held.length > 0) read = await readNext();
    }
    const overdue = stop.aborted && Date.now() - (stoppedAt ??= Date.now()) > LAST_DRAIN_MS;
    if (overdue || read.length === 0) await settled;
    if (overdue || (stop.aborted && read.length === 0)) return;
    if (read.length === 0) {
      await lock.waitForRows(poll);
      poll = Math.min(LAST_POLL_MS, poll * 2);
      read = await readNext();
      continue;
    }
    const prepared = await leader.prepare(read, options.maxBytes ?? MAX_BYTES);
    const { rows } = prepared;
    // Behind: the rows after these are read while their transaction is under way. Else they are read after it, because by
    // then more have come.
    const behind = read.length >= size.limit;
    const limit = Math.min(maxRecords, size.limit * 2);
    const [sent, ahead] = await Promise.allSettled([
      publishOrRefuse(options, lock, leader, size, prepared, settled),
      behind ? readNext(limit, rows) : [],
    ]);
    if (sent.status === 'rejected') throw sent.reason;
    if (ahead.status === 'rejected') throw ahead.reason;
    size.limit = limit;
    const next = behind ? ahead.value : readNext(limit, rows);
    settled = settle(lock, sent.value);
    settled.catch(() => undefined); // seen where it is awaited
    read = await next;
    poll = FIRST_POLL_MS;
    options.onPublished?.(rows);
    succeeded();
  }
}

function idsOf(rows: readonly OutboxRow[]): string[] {
  return rows.map(({ id }) => id);
}

/** A refused batch is halved on the next lead until the culprit is alone; it is set aside and its key held. */
async function publishOrRefuse(
  options: RelayOptions,
  lock: RelayLock,
  leader: RelayLeader,
  size: { limit: number },
  prepared: PlacedRows,
  settled: Promise<unknown>,
): Promise<Published> {
  const { rows } = prepared;
  try {
    return await leader.publish(prepared, settled);
  } catch (error) {
    const type = refusal(error);
    const [only, ...others] = rows;
    if (type && only && others.length === 0) {
      options.logger.error(
        { eventId: only.eventId, topic: only.topic, key: only.key, type },
        'the broker refused a record: set aside, key held',
      );
      await refuseEvent(lock, only.id, `${type}: ${errorMessage(error)}`);
    }
    if (type) size.limit = Math.max(1, Math.floor(rows.length / 2));
    throw error;
  }
}

function refusal(error: unknown): string | null {
  const type = protocolErrorType(error);
  return type !== null && REFUSALS.has(type) ? type : null;
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stop }).catch(() => undefined);
}
