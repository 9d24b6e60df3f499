import { randomUUID } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { EventLog, StoredEvent } from '../events/event-log.store.ts';
import { placeOf, replayId } from '../events/replay-id.ts';
import {
  authError,
  invalidCredit,
  otherTopic,
  refreshInvalid,
  replayCorrupted,
  replayRefused,
  statusOf,
} from './status.ts';
import { ALL_EVENTS, type Topic } from './topics.ts';
import type { FetchRequest, FetchResponse } from './wire.ts';

/** Events outstanding at most, however many a client asks for. */
const MAX_CREDIT = 100;
/** Events in one response; more follow in the next. */
const BATCH = 20;

export interface StreamSettings {
  /** A stream with nothing to send says so after this time. */
  keepaliveMs: number;
  /** A stream whose client has no credit left is ended after this time. */
  creditTimeoutMs: number;
  /** On /data/ChangeEvents, events without a schema id: reported of the vendor (2024), never confirmed by it. */
  blankSchemaIds: boolean;
}

export interface StreamContext {
  readonly log: EventLog;
  readonly settings: StreamSettings;
  readonly isValid: (token: string) => boolean;
  /** @throws PubSubFault NOT_FOUND */
  readonly topic: (name: string) => Topic;
}

/** An open subscription as the server holds it. */
export interface OpenStream {
  /** Ends the stream if the session it runs in has ended. */
  checkSession(): void;
  /** Ends the stream with an error. */
  fail(error: unknown): void;
}

type Call = ServerDuplexStream<FetchRequest, FetchResponse>;

/** Serves one Subscribe call until either side ends it; `closed` is called once then. */
export function openStream(call: Call, token: string, context: StreamContext, closed: () => void): OpenStream {
  const { log, settings } = context;
  let session = token;
  let place: { readonly topic: Topic; position: bigint } | null = null;
  let credit = 0;
  let halfClosed = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  // One step at a time: requests, deliveries and keepalives all move position and credit.
  let steps = Promise.resolve();
  const step = (work: () => Promise<void>): void => {
    steps = steps.then(() => (ended ? undefined : work())).catch(fail);
  };
  const leave = (): boolean => {
    if (ended) return false;
    ended = true;
    clearTimeout(timer);
    forget();
    closed();
    return true;
  };
  const end = (): void => void (leave() && call.end());
  function fail(error: unknown): void {
    if (leave()) call.emit('error', statusOf(error));
  }
  /** Without credit the stream waits for some, with credit for something to send. */
  const wait = (): void => {
    clearTimeout(timer);
    if (ended) return;
    if (credit > 0) timer = setTimeout(() => step(keepalive), settings.keepaliveMs);
    else if (halfClosed) end();
    else timer = setTimeout(end, settings.creditTimeoutMs);
  };
  const send = (events: readonly StoredEvent[], latest: bigint): void => {
    if (ended) return;
    credit -= events.length;
    const blank = settings.blankSchemaIds && place?.topic.name === ALL_EVENTS;
    call.write({
      events: events.map(({ seq, id, schemaId, payload }) => ({
        event: { id, schema_id: blank ? '' : schemaId, payload },
        replay_id: replayId(seq),
      })),
      latest_replay_id: replayId(latest),
      rpc_id: randomUUID(),
      pending_num_requested: credit,
    });
  };
  const deliver = async (): Promise<boolean> => {
    let sent = false;
    while (place !== null && credit > 0 && !ended) {
      const events = await log.read(place.topic.filter, place.position, Math.min(credit, BATCH));
      if (events.length === 0) break;
      place.position = events.at(-1)!.seq;
      send(events, place.position);
      sent = true;
    }
    return sent;
  };
  const keepalive = async (): Promise<void> => {
    if (place === null || credit === 0) return;
    // The mark first: what is committed meanwhile lies behind it, so nothing of this topic is skipped.
    const mark = await log.mark(settings.keepaliveMs);
    if (!(await deliver())) {
      if (mark > place.position) place.position = mark;
      send([], place.position);
    }
    wait();
  };
  const fetch = async (request: FetchRequest): Promise<void> => {
    if (request.auth_refresh !== '') {
      if (!context.isValid(request.auth_refresh)) throw refreshInvalid();
      session = request.auth_refresh;
    }
    if (!context.isValid(session)) throw authError();
    if (request.num_requested <= 0) throw invalidCredit();
    if (place === null) {
      const topic = context.topic(request.topic_name);
      place = { topic, position: await startOf(log, request) };
    } else if (request.topic_name !== '' && request.topic_name !== place.topic.name) throw otherTopic(place.topic.name);
    credit = Math.min(MAX_CREDIT, credit + request.num_requested);
    await deliver();
    wait();
  };
  const forget = log.onAppend(() => step(async () => void ((await deliver()) && wait())));
  call.on('data', (request: FetchRequest) => step(() => fetch(request)));
  call.on('end', () => {
    halfClosed = true;
    step(async () => void (credit === 0 && end()));
  });
  call.on('cancelled', leave);
  call.on('error', leave);
  return { checkSession: () => void (context.isValid(session) || fail(authError())), fail };
}

async function startOf(log: EventLog, { replay_preset: preset, replay_id: id }: FetchRequest): Promise<bigint> {
  switch (preset) {
    case 'LATEST':
      return log.last();
    case 'EARLIEST':
      return log.earliest();
    case 'CUSTOM': {
      const seq = placeOf(id);
      if (seq === undefined) throw replayRefused();
      if (!(await log.isKept(seq))) throw replayCorrupted();
      return seq;
    }
  }
}
