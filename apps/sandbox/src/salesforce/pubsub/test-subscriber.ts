import { credentials, Metadata, status, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js';
import { eventually } from '@tieout/testing';
// A spec decodes as any subscriber would, with the schema that the API gives.
// eslint-disable-next-line @typescript-eslint/no-restricted-imports
import avro, { type Type } from 'avsc';
import { ORGANIZATION_ID } from '../oauth.controller.ts';
import type { SalesforceCredentials } from '../start.ts';
import { loadPubSub, type FetchRequest, type FetchResponse, type SchemaInfo, type TopicInfo } from './wire.ts';

/** A plain client of the Pub/Sub API; the connector has its own, so that the two can disagree. */
export interface PubSubClient {
  topic(name: string): Promise<TopicInfo>;
  schema(id: string): Promise<SchemaInfo>;
  /** Opens a subscription and sends its first request. */
  subscribe(request: Partial<FetchRequest>): Subscription;
  /** Decodes an event of a response with the schema that it names. */
  decode(event: { readonly schema_id: string; readonly payload: Buffer }): Promise<DecodedEvent>;
  close(): void;
}

export interface DecodedEvent {
  readonly ChangeEventHeader: {
    readonly entityName: string;
    readonly recordIds: readonly string[];
    readonly changeType: string;
    readonly changeOrigin: string;
    readonly transactionKey: string;
    readonly sequenceNumber: number;
    readonly commitTimestamp: number;
    readonly commitNumber: number;
    readonly commitUser: string;
    readonly nulledFields: readonly string[];
    readonly changedFields: readonly string[];
  };
  readonly [field: string]: unknown;
}

export interface Ending {
  readonly code: status;
  readonly details: string;
  /** The trailer without the vendor's prefix. */
  readonly errorCode: string;
  readonly rpcId: string;
}

export interface Subscription {
  readonly responses: readonly FetchResponse[];
  /** Replay ids and payloads received so far. */
  events(): FetchResponse['events'];
  /** Adds credit. */
  request(more: Partial<FetchRequest>): void;
  /** Waits for this many events and decodes them all. */
  decoded(count: number): Promise<DecodedEvent[]>;
  /** How the stream ended; pending until it has. */
  readonly ended: Promise<Ending>;
  cancel(): void;
}

const PREFIX = 'sfdc.platform.eventbus.grpc.';

export function pubSubClient(from: SalesforceCredentials, token: string, tenant = ORGANIZATION_ID): PubSubClient {
  const service = loadPubSub().client;
  const client = new service(from.pubsubEndpoint, credentials.createSsl(Buffer.from(from.pubsubCaPem)));
  const headers = new Metadata();
  headers.set('accesstoken', token);
  headers.set('instanceurl', from.loginUrl);
  headers.set('tenantid', tenant);
  const types = new Map<string, Type>();
  const unary = <Answer>(method: string, request: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      (client as unknown as Record<string, UnaryMethod<Answer>>)[method]!(request, headers, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  const schema = (id: string): Promise<SchemaInfo> => unary('GetSchema', { schema_id: id });
  const decode: PubSubClient['decode'] = async ({ schema_id: id, payload }) => {
    const known = types.get(id) ?? avro.Type.forSchema(JSON.parse((await schema(id)).schema_json) as never);
    types.set(id, known);
    return known.fromBuffer(payload) as DecodedEvent;
  };
  return {
    topic: (name) => unary('GetTopic', { topic_name: name }),
    schema,
    decode,
    subscribe(request) {
      const open = (client as unknown as Record<string, StreamMethod>)['Subscribe']!;
      return subscriptionOf(open.call(client, headers), request, decode);
    },
    close: () => client.close(),
  };
}

type UnaryMethod<Answer> = (
  request: object,
  headers: Metadata,
  callback: (error: ServiceError | null, answer: Answer) => void,
) => void;
type StreamMethod = (headers: Metadata) => ClientDuplexStream<Partial<FetchRequest>, FetchResponse>;

function subscriptionOf(
  stream: ClientDuplexStream<Partial<FetchRequest>, FetchResponse>,
  first: Partial<FetchRequest>,
  decode: PubSubClient['decode'],
): Subscription {
  const responses: FetchResponse[] = [];
  stream.on('data', (response: FetchResponse) => responses.push(response));
  stream.on('error', () => undefined); // Told by the status as well.
  const ended = new Promise<Ending>((resolve) => {
    stream.on('status', ({ code, details, metadata }) => {
      const errorCode = String(metadata.get('error-code')[0] ?? '').replace(PREFIX, '');
      resolve({ code, details, errorCode, rpcId: String(metadata.get('rpc-id')[0] ?? '') });
    });
  });
  const events = (): FetchResponse['events'] => responses.flatMap((response) => response.events);
  stream.write(first);
  return {
    responses,
    events,
    request: (more) => void stream.write(more),
    async decoded(count) {
      await eventually(() => events().length >= count, { describe: `${count} events` });
      return Promise.all(events().map(({ event }) => decode(event)));
    },
    ended,
    cancel: () => stream.cancel(),
  };
}
