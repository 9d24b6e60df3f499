import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { backoffMs } from './backoff.ts';
import { errorCode, errorKind, errorMessage, TransientError } from './errors.ts';
import {
  advanceCursor,
  recordFailure,
  recordPoll,
  releaseStream,
  renewStream,
  streamAges,
  takeStream,
} from './source-stream.store.ts';
import type { OwnedStream, StreamAge, StreamKey } from './source-stream.store.ts';

/** One look at the source, with the stream owned. */
export interface Poll<Cursor> {
  /** Null before the first advance. */
  readonly cursor: Cursor | null;
  /** Aborts when the stream is lost or stopping: pass it to every call of the source. */
  readonly signal: AbortSignal;
  /**
   * Compare-and-set of the cursor, in the transaction that stores what was read. May be called several times in a poll, each
   * in a transaction of its own. @throws TransientError `stream-lost` when another owner or cursor is there: roll back.
   */
  advance(tx: EntityManager, cursor: Cursor): Promise<void>;
}

export interface StreamSpec<Cursor> extends StreamKey {
  readonly intervalMs: number;
  /** Reads from the cursor on. Answer 'more' to be called again at once; anything else means the source's end was reached. */
  poll(poll: Poll<Cursor>): Promise<'more' | 'end' | void>;
  /**
   * Give up what lives between polls, an open subscription for instance: the stream is not ours any more, or a poll failed and
   * the next one begins from the stored cursor. May come without a poll before it.
   */
  release?(reason: 'failed' | 'lost' | 'stopped'): void;
}

export interface StreamStatus extends StreamKey {
  readonly state: 'waiting' | 'owned' | 'retrying' | 'stopped';
  readonly reason: string | null;
  readonly failures: number;
}

export interface StreamHandle {
  status(): StreamStatus;
  /** Poll now and not at the next interval. */
  wake(): void;
  stop(): Promise<void>;
}

export interface SourceStreamsOptions {
  readonly dataSource: DataSource;
  /** For people who look at a lease; made unique per instance of this class. */
  readonly owner: string;
  readonly logger: Logger;
  /** How long a killed owner holds a stream. */
  readonly leaseMs?: number;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
}

/** Cursors over sources: each stream is polled by one replica at a time, and its cursor moves with what was read. */
export class SourceStreams {
  readonly #options: Required<SourceStreamsOptions>;
  readonly #handles: StreamHandle[] = [];

  constructor(options: SourceStreamsOptions) {
    this.#options = {
      leaseMs: 10_000,
      backoff: { baseMs: 500, maxMs: 30_000 },
      ...options,
      owner: `${options.owner}:${randomUUID()}`,
    };
  }

  /** Runs until stopped. Replicas that do not own the stream wait for it to become free. */
  runStream<Cursor>(spec: StreamSpec<Cursor>): StreamHandle {
    const handle = startStream(this.#options, spec);
    this.#handles.push(handle);
    return handle;
  }

  status(): readonly StreamStatus[] {
    return this.#handles.map((handle) => handle.status());
  }

  ages(): Promise<readonly StreamAge[]> {
    return streamAges(this.#options.dataSource);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.stop()));
  }
}

type Options = Required<SourceStreamsOptions>;
interface Loop {
  state: StreamStatus['state'];
  reason: string | null;
  failures: number;
  owned: OwnedStream | null;
  wake: AbortController;
}

function startStream<Cursor>(options: Options, spec: StreamSpec<Cursor>): StreamHandle {
  const stopping = new AbortController();
  const loop: Loop = { state: 'waiting', reason: null, failures: 0, owned: null, wake: new AbortController() };
  const finished = runLoop(options, spec, loop, stopping.signal);
  return {
    status: () => ({
      instance: spec.instance,
      stream: spec.stream,
      state: loop.state,
      reason: loop.reason,
      failures: loop.failures,
    }),
    wake: () => loop.wake.abort(),
    async stop() {
      stopping.abort(new Error('the stream is stopping'));
      await finished;
    },
  };
}

async function runLoop<Cursor>(
  options: Options,
  spec: StreamSpec<Cursor>,
  loop: Loop,
  stop: AbortSignal,
): Promise<void> {
  let pauseMs = 0;
  while (!stop.aborted) {
    await pause(pauseMs, loop, stop);
    if (stop.aborted) break;
    try {
      pauseMs = await cycle(options, spec, loop, stop);
    } catch (error) {
      spec.release?.('failed');
      if (stop.aborted) break;
      if (errorKind(error) === 'misconfigured') return await halt(options, spec, loop, error);
      pauseMs = await afterFailure(options, spec, loop, error);
    }
  }
  spec.release?.('stopped');
  await release(options, loop);
  loop.state = 'stopped';
}

/** One poll with the stream owned and renewed meanwhile; answers how long to wait. */
async function cycle<Cursor>(
  options: Options,
  spec: StreamSpec<Cursor>,
  loop: Loop,
  stop: AbortSignal,
): Promise<number> {
  loop.owned = await takeStream(options.dataSource, spec, options.owner, options.leaseMs);
  if (loop.owned === null) {
    spec.release?.('lost');
    loop.state = 'waiting';
    return Math.min(spec.intervalMs, options.leaseMs / 3);
  }
  loop.state = 'owned';
  const lost = new AbortController();
  const renewing = keepLease(options, loop.owned, lost);
  try {
    const answer = await spec.poll(pollOf(loop.owned, AbortSignal.any([stop, lost.signal])));
    loop.failures = 0;
    loop.reason = null;
    if (answer === 'more') return 0;
    await recordPoll(options.dataSource, loop.owned.lease);
    return spec.intervalMs;
  } finally {
    clearInterval(renewing);
  }
}

function pollOf<Cursor>({ lease, cursor, cursorVersion }: OwnedStream, signal: AbortSignal): Poll<Cursor> {
  // A transaction that rolls back after advancing leaves this ahead of the row: the next advance then fails, and the
  // stream starts over from the stored cursor. Never the other way round.
  let version = BigInt(cursorVersion);
  return {
    cursor: cursor as Cursor | null,
    signal,
    async advance(tx, next) {
      if (!(await advanceCursor(tx, lease, version.toString(), next)))
        throw new TransientError('stream-lost', `Stream ${lease.instance}/${lease.stream} moved on without this owner`);
      version += 1n;
    },
  };
}

/** A lost lease aborts the poll; the epoch is what protects the data, this only saves useless work. */
function keepLease(options: Options, { lease }: OwnedStream, lost: AbortController): NodeJS.Timeout {
  return setInterval(() => {
    renewStream(options.dataSource, lease, options.leaseMs).then(
      (kept) => {
        if (!kept) lost.abort(new TransientError('stream-lost', 'another owner has the stream'));
      },
      (error: unknown) => options.logger.warn({ err: error, ...lease }, 'lease not renewed'),
    );
  }, options.leaseMs / 3);
}

async function afterFailure<Cursor>(
  options: Options,
  spec: StreamSpec<Cursor>,
  loop: Loop,
  error: unknown,
): Promise<number> {
  loop.failures += 1;
  loop.state = 'retrying';
  loop.reason = errorMessage(error);
  const { instance, stream } = spec;
  options.logger.warn(
    { err: error, instance, stream, failures: loop.failures },
    'source stream failed, will poll again',
  );
  if (loop.owned) {
    const details = { code: errorCode(error), message: loop.reason.slice(0, 2_000) };
    await recordFailure(options.dataSource, loop.owned.lease, details).catch(() => undefined);
  }
  const asked = error instanceof TransientError ? error.retryAfterMs : null;
  return asked ?? backoffMs(loop.failures, options.backoff);
}

async function halt(options: Options, { instance, stream }: StreamKey, loop: Loop, error: unknown): Promise<void> {
  await release(options, loop);
  loop.state = 'stopped';
  loop.reason = errorMessage(error);
  options.logger.fatal({ err: error, instance, stream }, 'source stream stopped: fix the configuration and restart');
}

async function release(options: Options, { owned }: Loop): Promise<void> {
  if (owned === null) return;
  await releaseStream(options.dataSource, owned.lease).catch((error: unknown) =>
    options.logger.warn({ err: error }, 'stream not released, its lease will run out'),
  );
}

async function pause(ms: number, loop: Loop, stop: AbortSignal): Promise<void> {
  if (ms > 0) await untilAborted(ms, AbortSignal.any([stop, loop.wake.signal]));
  loop.wake = new AbortController();
}

function untilAborted(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
