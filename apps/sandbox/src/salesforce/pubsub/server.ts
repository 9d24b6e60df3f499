import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Server, ServerCredentials, type handleUnaryCall, type Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import { LOOPBACK } from '../../sandbox.ts';
import type { Catalog } from '../catalog.ts';
import type { EventLog } from '../events/event-log.store.ts';
import { eventSchema } from '../events/event-schema.ts';
import { ORGANIZATION_ID, type TokenRegistry } from '../oauth.controller.ts';
import { authError, statusOf, unavailable, unknownSchema, unknownTopic } from './status.ts';
import { openStream, type OpenStream, type StreamSettings } from './subscription.ts';
import { topicNamed, type Topic } from './topics.ts';
import { loadPubSub, type FetchRequest, type FetchResponse, type SchemaInfo, type TopicInfo } from './wire.ts';

export interface PubSubOptions {
  readonly catalog: Catalog;
  readonly log: EventLog;
  readonly tokens: TokenRegistry;
  readonly settings: StreamSettings;
  /** The address that a session's token belongs to. */
  readonly instanceUrl: () => string;
  /** What the endpoint shows, in PEM, and its private key. */
  readonly certificate: { readonly pem: string; readonly key: string };
  readonly host: string;
  /** A free one when undefined. */
  readonly port: number | undefined;
}

/** How a stream is cut: the connection is reset, or the server says that it is unavailable. */
export type Cut = 'reset' | 'unavailable';

export interface PubSubServer {
  readonly endpoint: string;
  /** Open subscriptions. */
  streams(): number;
  cut(how: Cut): void;
  close(): Promise<void>;
}

/** The Pub/Sub API of the org: gRPC over TLS on a port of its own. */
export async function startPubSub(options: PubSubOptions): Promise<PubSubServer> {
  const streams = new Set<OpenStream>();
  const grpc = new Server();
  grpc.addService(loadPubSub().service, handlers(options, streams));
  const credentials = ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(options.certificate.key), cert_chain: Buffer.from(options.certificate.pem) },
  ]);
  const injector = grpc.createConnectionInjector(credentials);
  const sockets = new Set<Socket>();
  // The listener is ours and not gRPC's, so that a connection can be reset as a network does it.
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    injector.injectConnection(socket);
  }).listen(options.port ?? 0, options.host);
  await once(listener, 'listening');
  options.tokens.onRevoked(() => streams.forEach((stream) => stream.checkSession()));
  return {
    // By name, as TLS wants it: an address is no server name, and Node says so on every start of a client.
    endpoint: `${options.host === LOOPBACK ? 'localhost' : options.host}:${(listener.address() as AddressInfo).port}`,
    streams: () => streams.size,
    cut(how) {
      if (how === 'reset') sockets.forEach((socket) => socket.resetAndDestroy());
      else streams.forEach((stream) => stream.fail(unavailable()));
    },
    async close() {
      streams.forEach((stream) => stream.fail(unavailable()));
      injector.destroy();
      grpc.forceShutdown();
      const closed = new Promise((resolve) => listener.close(resolve));
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

function handlers(options: PubSubOptions, streams: Set<OpenStream>) {
  const { catalog, log, tokens, settings } = options;
  const topic = (name: string): Topic => {
    const found = topicNamed(catalog, name);
    if (found === undefined) throw unknownTopic(ORGANIZATION_ID, name);
    return found;
  };
  return {
    GetTopic: unary<{ topic_name: string }, TopicInfo>(options, async ({ topic_name: name }) => {
      const { object } = topic(name);
      // A topic of several entities has no schema of its own: every event names the one it was written with.
      const schema_id = object === undefined ? '' : eventSchema(object).id;
      const rights = { can_publish: false, can_subscribe: true };
      return { topic_name: name, tenant_guid: ORGANIZATION_ID, ...rights, schema_id, rpc_id: randomUUID() };
    }),
    GetSchema: unary<{ schema_id: string }, SchemaInfo>(options, async ({ schema_id: id }) => {
      const schema = await log.schema(id);
      if (schema === undefined) throw unknownSchema(id);
      return { schema_json: schema.json, schema_id: id, rpc_id: randomUUID() };
    }),
    Subscribe(call: ServerDuplexStream<FetchRequest, FetchResponse>): void {
      try {
        const token = authenticate(options, call.metadata);
        const context = { log, settings, isValid: (given: string) => tokens.isValid(given), topic };
        const stream = openStream(call, token, context, () => streams.delete(stream));
        streams.add(stream);
      } catch (error) {
        call.emit('error', statusOf(error));
      }
    },
  };
}

function unary<Request, Response>(
  options: PubSubOptions,
  answer: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void (async () => {
      try {
        authenticate(options, call.metadata);
        callback(null, await answer(call.request));
      } catch (error) {
        callback(statusOf(error));
      }
    })();
  };
}

/** The token of a call whose three headers belong together. @throws PubSubFault UNAUTHENTICATED */
function authenticate({ tokens, instanceUrl }: PubSubOptions, metadata: Metadata): string {
  const header = (name: string): string => String(metadata.get(name)[0] ?? '');
  const token = header('accesstoken');
  const here = header('instanceurl').replace(/\/$/, '') === instanceUrl() && header('tenantid') === ORGANIZATION_ID;
  if (!here || !tokens.isValid(token)) throw authError();
  return token;
}
