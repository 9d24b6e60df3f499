import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { errorKind, errorMessage, TransientError } from '@tieout/messaging';
import type { EventReader } from './change-event.client.ts';
import type { ChangeEvent } from './change-event.ts';
import { toPubSubError } from './pubsub-failure.client.ts';

/** Messages of pubsub_api.proto as the loader gives them. */
export interface FetchRequest {
  readonly topicName?: string;
  readonly replayPreset?: 'EARLIEST' | 'CUSTOM';
  readonly replayId?: Buffer;
  readonly numRequested: number;
}
export interface FetchResponse {
  readonly events: readonly {
    readonly event: { readonly schemaId: string; readonly payload: Buffer } | null;
    readonly replayId: Buffer;
  }[];
  readonly latestReplayId: Buffer;
}

/** One thing that came: an event, or the news that there was none. */
export interface Arrival {
  /** Where to go on once it is dealt with; opaque, base64. */
  readonly replayId: string;
  /** `unreadable`: something changed, and nobody can say what. Null: a keepalive. */
  readonly event: ChangeEvent | { readonly unreadable: string } | null;
}

/** An open stream of change events. */
export interface Subscription {
  /**
   * What came since the last call, oldest first; asks for as many more. What came before a failure is handed over first.
   * @throws TransientError, DataError or MisconfiguredError once the stream has ended: subscribe again
   */
  take(): readonly Arrival[];
  isOpen(): boolean;
  close(): void;
}

export interface SubscriptionOptions {
  readonly call: ClientDuplexStream<FetchRequest, FetchResponse>;
  readonly topic: string;
  readonly replayId: string | null;
  readonly silenceMs: number;
  readonly reader: (schemaId: string) => Promise<EventReader>;
  readonly onEnd: (error: Error) => void;
}

/** The vendor's ceiling of events asked for and not yet sent. */
const CREDIT = 100;

export function openSubscription(options: SubscriptionOptions): Subscription {
  const { call, silenceMs } = options;
  const arrived: Arrival[] = [];
  let ended: Error | undefined;
  /** Events asked for and not yet received. */
  let credit = 0;
  /** Events received and not yet handed over. */
  let held = 0;
  /** Responses are decoded one after the other: a keepalive must not overtake events that wait for their schema. */
  let decoding = Promise.resolve();

  const end = (error: Error): void => {
    if (ended !== undefined) return;
    ended = error;
    clearTimeout(silence);
    options.onEnd(error);
    call.cancel();
  };
  const silence = setTimeout(() => {
    end(new TransientError('salesforce-silent', `Salesforce subscription: nothing for ${silenceMs} ms, no keepalive`));
  }, silenceMs);

  const request = (first: Omit<FetchRequest, 'numRequested'> = {}): void => {
    // What waits for its schema or for the caller takes room as well: a slow caller is not sent more and more.
    const room = CREDIT - credit - held;
    if (room <= 0 || ended !== undefined) return;
    credit += room;
    call.write({ ...first, numRequested: room });
  };

  call.on('data', (response: FetchResponse) => {
    silence.refresh();
    credit -= response.events.length;
    held += response.events.length;
    // Behind events that had no credit the topic's end is not where this reader stands.
    const idle = response.events.length === 0 && credit > 0;
    decoding = decoding.then(async () => {
      if (ended !== undefined) return;
      try {
        arrived.push(...(await arrivalsOf(response, idle, options.reader)));
      } catch (error) {
        end(error as Error);
      }
    });
  });
  call.on('error', (error: ServiceError) => {
    decoding = decoding.then(() => end(toPubSubError('subscription', error)));
  });
  call.on('end', () => {
    decoding = decoding.then(() =>
      end(new TransientError('salesforce-stream-ended', 'Salesforce ended the subscription')),
    );
  });
  request(startOf(options));

  return {
    take() {
      const taken = arrived.splice(0);
      held -= taken.filter(({ event }) => event !== null).length;
      if (taken.length === 0 && ended !== undefined) throw ended;
      request();
      return taken;
    },
    isOpen: () => ended === undefined,
    close: () => end(new TransientError('salesforce-stream-closed', 'the subscription was closed')),
  };
}

function startOf({ topic, replayId }: SubscriptionOptions): Omit<FetchRequest, 'numRequested'> {
  if (replayId === null) return { topicName: topic, replayPreset: 'EARLIEST' };
  return { topicName: topic, replayPreset: 'CUSTOM', replayId: Buffer.from(replayId, 'base64') };
}

async function arrivalsOf(
  response: FetchResponse,
  idle: boolean,
  reader: SubscriptionOptions['reader'],
): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  for (const { event, replayId } of response.events)
    arrivals.push({ replayId: replayId.toString('base64'), event: await read(event, reader) });
  if (idle && response.latestReplayId.length > 0)
    arrivals.push({ replayId: response.latestReplayId.toString('base64'), event: null });
  return arrivals;
}

/** An event that cannot be read stands for "something changed"; a schema that cannot be fetched now ends the stream. */
async function read(
  event: FetchResponse['events'][number]['event'],
  reader: SubscriptionOptions['reader'],
): Promise<Arrival['event']> {
  try {
    if (event === null) return { unreadable: 'a response without an event' };
    return (await reader(event.schemaId))(event.payload);
  } catch (error) {
    if (errorKind(error) !== 'data') throw error;
    return { unreadable: errorMessage(error) };
  }
}
