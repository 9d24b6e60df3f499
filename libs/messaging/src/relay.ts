import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { errorMessage } from './errors.ts';
import { protocolErrorType } from './kafka.ts';
import { nextEvents, refuseEvent, type OutboxRow } from './outbox.store.ts';
import { takeOver, type RelayLeader } from './relay-leader.ts';
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

export interface Relay {
  state(): { readonly state: RelayState; readonly lastError: string | null };
  stop(): Promise<void>;
}

const LOCK_RETRY_MS = 500;
const ERROR_BACKOFF_MS = [50, 200, 500, 1_000, 2_000];
const POLL_MS = 1_000;
/** When it is stopped the relay still publishes what its service has finished, for so long. */
const LAST_DRAIN_MS = 2_000;
/** What the broker says of a record that it will never take; everything else is the cluster's trouble, not the record's. */
const REFUSALS = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP']);

/**
 * Publishes the outbox of one service, in id order, one Kafka transaction in flight. Replicas stand by for the lock.
 * A producer that has seen an error is never used again (kafkajs 2.2.4 loses the records of the next transaction).
 */
export function startRelay(options: RelayOptions): Relay {
  const stopping = new AbortController();
  const status: { state: RelayState; lastError: string | null } = { state: 'starting', lastError: null };
  const finished = lead(options, stopping.signal, status);
  return {
    state: () => ({ ...status }),
    async stop() {
      stopping.abort();
      await finished;
      status.state = 'stopped';
    },
  };
}

async function lead(
  options: RelayOptions,
  stop: AbortSignal,
  status: { state: RelayState; lastError: string | null },
): Promise<void> {
  // Outlives a leader: the batch size that a refused record forced upon us.
  const size = { limit: options.maxRecords ?? 500 };
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
      options.onTakeOver?.();
      await drain(options, lock, leader, size, stop, () => {
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
  succeeded: () => void,
): Promise<void> {
  const maxRecords = options.maxRecords ?? 500;
  let stoppedAt: number | null = null;
  for (;;) {
    if (stop.aborted && Date.now() - (stoppedAt ??= Date.now()) > LAST_DRAIN_MS) return;
    const rows = withinBytes(await nextEvents(lock, size.limit), options.maxBytes ?? 768 * 1024);
    if (rows.length === 0) {
      if (stop.aborted) return;
      await lock.waitForRows(POLL_MS);
      continue;
    }
    await publishOrRefuse(options, lock, leader, size, rows);
    options.onPublished?.(rows);
    succeeded();
    size.limit = Math.min(maxRecords, size.limit * 2);
  }
}

/** A refused batch is halved on the next lead until the culprit is alone; it is set aside and its key held. */
async function publishOrRefuse(
  options: RelayOptions,
  lock: RelayLock,
  leader: RelayLeader,
  size: { limit: number },
  rows: readonly OutboxRow[],
): Promise<void> {
  try {
    await leader.publish(rows);
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

/** At least one row; as many as fit, since the broker bounds a request in bytes. */
function withinBytes(rows: readonly OutboxRow[], maxBytes: number): OutboxRow[] {
  let bytes = 0;
  return rows.filter((row, index) => {
    bytes += (row.value?.length ?? 0) + row.key.length + 512;
    return index === 0 || bytes <= maxBytes;
  });
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stop }).catch(() => undefined);
}
