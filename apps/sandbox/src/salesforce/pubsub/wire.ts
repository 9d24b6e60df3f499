import { join } from 'node:path';
import { loadPackageDefinition, type ServiceClientConstructor, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** Messages of the Pub/Sub API that the sandbox serves, as the loader gives them. */
export interface FetchRequest {
  readonly topic_name: string;
  readonly replay_preset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  readonly replay_id: Buffer;
  readonly num_requested: number;
  readonly auth_refresh: string;
}
export interface ConsumerEvent {
  readonly event: { readonly id: string; readonly schema_id: string; readonly payload: Buffer };
  readonly replay_id: Buffer;
}
export interface FetchResponse {
  readonly events: readonly ConsumerEvent[];
  readonly latest_replay_id: Buffer;
  readonly rpc_id: string;
  readonly pending_num_requested: number;
}
export interface TopicInfo {
  readonly topic_name: string;
  readonly tenant_guid: string;
  readonly can_publish: boolean;
  readonly can_subscribe: boolean;
  readonly schema_id: string;
  readonly rpc_id: string;
}
export interface SchemaInfo {
  readonly schema_json: string;
  readonly schema_id: string;
  readonly rpc_id: string;
}

/** One description of the wire for client and sandbox; what either does with it is its own. */
const PROTO = join(import.meta.dirname, '../../../../../libs/connectors/salesforce/src/pubsub_api.proto');

/** The service as the proto file describes it; `client` is for specs. */
export function loadPubSub(): { readonly service: ServiceDefinition; readonly client: ServiceClientConstructor } {
  const definition = loadSync(PROTO, { keepCase: true, longs: String, enums: String, defaults: true });
  const { eventbus } = loadPackageDefinition(definition) as unknown as {
    readonly eventbus: { readonly v1: { readonly PubSub: ServiceClientConstructor } };
  };
  return { service: eventbus.v1.PubSub.service, client: eventbus.v1.PubSub };
}
