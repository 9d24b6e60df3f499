import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';

/** What we use of kafkajs' connections to the brokers; the request and response objects are its own. */
export interface KafkajsCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(node: { readonly nodeId: number | string }): Promise<KafkajsBroker>;
  findGroupCoordinator(group: { readonly groupId: string; readonly coordinatorType: 1 }): Promise<KafkajsBroker>;
}

export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

export interface KafkajsBroker {
  readonly nodeId: number | string;
  readonly connectionPool: {
    send(protocol: { readonly request: unknown; readonly response: unknown }): Promise<unknown>;
  };
  initProducerId(options: {
    readonly transactionalId: string;
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string | bigint | object; readonly producerEpoch: number }>;
  addPartitionsToTxn(
    options: ProducerIdentity & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
    },
  ): Promise<unknown>;
  endTxn(options: ProducerIdentity & { readonly transactionResult: boolean }): Promise<unknown>;
}

/** Connections to a cluster, without the producer that kafkajs builds on them. Its own parts reach them by this symbol, too. */
export function openCluster(kafka: Kafka): KafkajsCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (symbol === undefined) throw new Error('kafkajs has changed: it no longer opens a cluster as version 2.2.4 does');
  const create = (kafka as unknown as Record<symbol, (options: object) => KafkajsCluster>)[symbol];
  return (create as (options: object) => KafkajsCluster)({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}

export interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly baseOffset: string;
    }[];
  }[];
}

/** Decodes the answer to a produce request of version 7; throws the first error that it names. */
export const produceResponse: unknown = createRequire(import.meta.url)(
  'kafkajs/src/protocol/requests/produce/v7/response.js',
);
