import { fileURLToPath } from 'node:url';
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ClientDuplexStream,
  type Client,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { TransientError } from '@tieout/messaging';
import { createEventReader, createHeaderReader, type EventReader } from './change-event.client.ts';
import type { SalesforceConfig } from './config.ts';
import { SESSION_ENDED, toPubSubError } from './pubsub-failure.client.ts';
import { openSubscription, type FetchRequest, type FetchResponse, type Subscription } from './subscription.client.ts';
import type { Session, SessionSource } from './token.client.ts';

export type { Arrival, Subscription } from './subscription.client.ts';

/** Every selected entity's changes in the order of their commits. */
const TOPIC = '/data/ChangeEvents';
/** A channel that does not connect within this is as good as down. */
const CONNECT_MS = 5_000;

/** Dead peers are found within 13 s; a server that finds this too often says so, and grpc-js then asks half as often. */
const CHANNEL_OPTIONS = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3_000,
  // A batch of events of up to 1 MB each.
  'grpc.max_receive_message_length': 128 * 1_048_576,
};

interface PubSubClient extends Client {
  Subscribe(metadata: Metadata): ClientDuplexStream<FetchRequest, FetchResponse>;
  GetSchema(
    request: { readonly schemaId: string },
    metadata: Metadata,
    options: { readonly deadline: number },
    callback: (error: ServiceError | null, answer?: { readonly schemaJson: string }) => void,
  ): void;
}

export interface PubSub {
  subscribe(replayId: string | null, signal: AbortSignal): Promise<Subscription>;
  close(): void;
}

/** The Pub/Sub API over one channel, opened when it is first needed. */
export function createPubSub(config: SalesforceConfig, sessions: SessionSource): PubSub {
  let client: PubSubClient | undefined;
  // The combined channel has been seen to send events without the id of their schema.
  const readers = new Map<string, Promise<EventReader>>([['', Promise.resolve(createHeaderReader())]]);
  return {
    async subscribe(replayId, signal) {
      client ??= connect(config);
      const channel = client;
      await ready(channel, signal);
      const session = await sessions.current();
      const onEnd = (error: Error): void => {
        if (codeOf(error) === SESSION_ENDED) sessions.refused(session);
      };
      return openSubscription({
        call: channel.Subscribe(metadataOf(session)),
        topic: TOPIC,
        replayId,
        silenceMs: config.pubsubSilenceMs,
        reader: (schemaId) => cached(readers, schemaId, () => fetchReader(channel, config, session, schemaId)),
        onEnd,
      });
    },
    close: () => client?.close(),
  };
}

function connect({ pubsubEndpoint, pubsubCaPem }: SalesforceConfig): PubSubClient {
  const definition = loadSync(fileURLToPath(new URL('./pubsub_api.proto', import.meta.url)), { defaults: true });
  const { eventbus } = loadPackageDefinition(definition) as unknown as {
    eventbus: { v1: { PubSub: new (...args: ConstructorParameters<typeof Client>) => PubSubClient } };
  };
  const trusted = pubsubCaPem === undefined ? null : Buffer.from(pubsubCaPem);
  // TLS sends no address as a server's name: a loopback endpoint is called by its name.
  const named = pubsubEndpoint.startsWith('127.0.0.1:') ? { 'grpc.ssl_target_name_override': 'localhost' } : {};
  return new eventbus.v1.PubSub(pubsubEndpoint, credentials.createSsl(trusted), { ...CHANNEL_OPTIONS, ...named });
}

/** @throws TransientError when there is no connection within the limit, or the caller gives up */
function ready(client: PubSubClient, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((_, reject) => {
    const stop = (): void => reject(new TransientError('salesforce-unavailable', 'Salesforce subscribe: given up'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  const connected = new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + CONNECT_MS, (cause) => {
      if (cause === undefined) return resolve();
      const text = `Salesforce subscribe: no connection to the Pub/Sub API (${cause.message})`;
      reject(new TransientError('salesforce-unreachable', text, { cause }));
    });
  });
  return Promise.race([connected, aborted]);
}

function metadataOf({ accessToken, instanceUrl, tenantId }: Session): Metadata {
  const metadata = new Metadata();
  metadata.set('accesstoken', accessToken);
  metadata.set('instanceurl', instanceUrl);
  metadata.set('tenantid', tenantId);
  return metadata;
}

async function fetchReader(
  client: PubSubClient,
  config: SalesforceConfig,
  session: Session,
  schemaId: string,
): Promise<EventReader> {
  const schemaJson = await new Promise<string>((resolve, reject) => {
    const options = { deadline: Date.now() + config.timeoutMs };
    client.GetSchema({ schemaId }, metadataOf(session), options, (error, answer) => {
      if (error === null) resolve(answer?.schemaJson ?? '');
      else reject(toPubSubError('schema', error));
    });
  });
  return createEventReader(schemaJson);
}

/** An id never changes its meaning, so it is kept for good; a failed look-up is not. */
function cached<V>(cache: Map<string, Promise<V>>, key: string, load: () => Promise<V>): Promise<V> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const loading = load();
  cache.set(key, loading);
  loading.catch(() => cache.delete(key));
  return loading;
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}
