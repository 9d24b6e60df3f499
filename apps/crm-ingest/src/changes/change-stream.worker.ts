import {
  ENTITY_NAMES,
  REPLAY_LOST,
  SESSION_ENDED,
  type Arrival,
  type Subscription,
} from '@tieout/connector-salesforce';
import { errorCode, errorMessage, inTransaction, type Poll, type StreamSpec } from '@tieout/messaging';
import type { ChangeStreamOptions } from './change-options.ts';
import { isListingFirst, NEW_CURSOR, nextSweep, withDue, type ChangeCursor, type SweepPage } from './cursor.ts';
import { ingestEvents } from './ingest-events.worker.ts';
import { readSweepPage } from './sweep.worker.ts';
import { forgetKnown } from './unknown-entity.worker.ts';

/** Whether changes come in. `off` while another replica has the stream. */
export type ChangeState = 'off' | 'listing' | 'subscribed' | 'broken';

export interface ChangeStream {
  readonly spec: StreamSpec<ChangeCursor>;
  state(): ChangeState;
}

/** A stamp is the beginning of the second in which the change was made. */
const STAMP_MS = 1_000;
/** With fewer events than this the next look may wait. */
const MANY = 50;
/** A keepalive that only moves the place in a quiet stream is worth a transaction this often. */
const IDLE_ADVANCE_MS = 60_000;

/**
 * The changes of one org, by events and by listings, in one stream with one cursor. Before the first event everything is listed
 * once; the events then begin at the earliest that the org keeps, so there is no gap between the two. An event is read
 * again by id, never merged. Listings go on at intervals and find what events have lost.
 */
export function changeStream(options: ChangeStreamOptions): ChangeStream {
  const events = new EventSource(options);
  const spec: StreamSpec<ChangeCursor> = {
    instance: options.instance,
    stream: 'changes',
    intervalMs: options.intervalMs,
    async poll(turn) {
      let cursor = await forgetKnown(options, turn, turn.cursor ?? NEW_CURSOR);
      const sweep = next(options, cursor);
      if (sweep) {
        events.listing();
        cursor = await readSweepPage(options, turn, cursor, sweep, windowMs(options));
      }
      if (isListingFirst(cursor, ENTITY_NAMES)) return 'more';
      const count = await events.ingest(turn, cursor);
      return count >= MANY || (sweep && next(options, cursor)) ? 'more' : 'end';
    },
    release: (reason) => events.release(reason),
  };
  return { spec, state: () => events.state() };
}

function windowMs({ overlapSeconds }: ChangeStreamOptions): number {
  return overlapSeconds * 1_000 + STAMP_MS;
}

function next(options: ChangeStreamOptions, cursor: ChangeCursor): SweepPage | null {
  const timing = { now: new Date(), intervalMs: options.sweepIntervalMs, windowMs: windowMs(options) };
  return nextSweep(cursor, ENTITY_NAMES, timing);
}

/** The subscription of the replica that owns the stream: it lives from poll to poll, at the place of the cursor. */
class EventSource {
  readonly #options: ChangeStreamOptions;
  #subscription: Subscription | null = null;
  /** Replay id up to which this subscription's events are stored. */
  #storedTo: string | null = null;
  #broken = false;
  #listing = false;
  #refusals = 0;

  constructor(options: ChangeStreamOptions) {
    this.#options = options;
  }

  state(): ChangeState {
    if (this.#broken) return 'broken';
    if (this.#subscription !== null) return this.#subscription.isOpen() ? 'subscribed' : 'broken';
    return this.#listing ? 'listing' : 'off';
  }

  /** Records are read without events; what was broken before is tried again afterwards. */
  listing(): void {
    this.#listing = true;
    this.#broken = false;
  }

  release(reason: 'failed' | 'lost' | 'stopped'): void {
    this.#subscription?.close();
    this.#subscription = null;
    this.#broken = reason === 'failed';
    this.#listing = false;
  }

  /** Answers how many events came. */
  async ingest(turn: Poll<ChangeCursor>, cursor: ChangeCursor): Promise<number> {
    try {
      const arrivals = await this.#take(turn, cursor);
      await this.#store(turn, cursor, arrivals);
      return arrivals.filter(({ event }) => event !== null).length;
    } catch (error) {
      if (errorCode(error) !== REPLAY_LOST) throw error;
      await this.#startOver(turn, cursor, error);
      return MANY;
    }
  }

  async #take(turn: Poll<ChangeCursor>, cursor: ChangeCursor): Promise<readonly Arrival[]> {
    // Another owner may have moved the cursor since: its events are not ours to repeat.
    if (this.#subscription !== null && this.#storedTo !== cursor.replayId) this.#close();
    try {
      const arrivals = (await this.#open(turn, cursor)).take();
      if (arrivals.length > 0) this.#refusals = 0;
      return arrivals;
    } catch (error) {
      // A session ends by itself every few hours: that is no failure unless the next one is refused as well.
      if (errorCode(error) !== SESSION_ENDED || this.#refusals > 0) throw error;
      this.#refusals += 1;
      this.#close();
      return (await this.#open(turn, cursor)).take();
    }
  }

  async #open({ signal }: Poll<ChangeCursor>, { replayId }: ChangeCursor): Promise<Subscription> {
    if (this.#subscription === null) {
      this.#subscription = await this.#options.client.subscribe(replayId, signal);
      this.#storedTo = replayId;
      this.#options.logger.info({ instance: this.#options.instance, replayId }, 'subscribed to change events');
    }
    this.#broken = false;
    return this.#subscription;
  }

  async #store(turn: Poll<ChangeCursor>, cursor: ChangeCursor, arrivals: readonly Arrival[]): Promise<void> {
    const last = arrivals.at(-1);
    if (last === undefined) return;
    const idleMs = Date.now() - Date.parse(cursor.replayAt ?? new Date(0).toISOString());
    if (arrivals.every(({ event }) => event === null) && idleMs < IDLE_ADVANCE_MS) return;
    const stored = await ingestEvents(this.#options, turn, cursor, arrivals);
    this.#storedTo = stored.replayId;
  }

  #close(): void {
    this.#subscription?.close();
    this.#subscription = null;
  }

  /** The place is too old, or the org was moved: everything kept is read again, and what is no longer kept is listed. */
  async #startOver(turn: Poll<ChangeCursor>, cursor: ChangeCursor, error: unknown): Promise<void> {
    this.#close();
    const { dataSource, logger, instance } = this.#options;
    const due = withDue(cursor, ENTITY_NAMES, { reason: 'replay-lost', from: null });
    await inTransaction(dataSource, (tx) => turn.advance(tx, { ...due, replayId: null, replayAt: null }));
    logger.warn(
      { instance, replayId: cursor.replayId, reason: errorMessage(error) },
      'the place in the change events is lost: starting at the earliest and listing all changes',
    );
  }
}
