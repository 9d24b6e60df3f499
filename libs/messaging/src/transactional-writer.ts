import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, RecordMetadata } from 'kafkajs';
import { MisconfiguredError, TransientError } from './errors.ts';
import {
  openCluster,
  produceResponse,
  type KafkajsBroker,
  type KafkajsCluster,
  type ProduceAnswer,
  type ProducerIdentity,
} from './kafkajs-cluster.ts';
import { protocolErrorType } from './kafka.ts';
import { encodeProduceRequest, type EncodedBatch } from './produce-request.ts';
import { encodeRecordBatch } from './record-batch.ts';
import { placeOf, unprovenReason, type PlacedBatch } from './verified-send.ts';

const COORDINATOR_OF_TRANSACTIONS = 1;
const WAIT_MS = 2;
/** The coordinator still ends the transaction before, or reads its log. */
const BUSY = new Set(['CONCURRENT_TRANSACTIONS', 'COORDINATOR_LOAD_IN_PROGRESS', 'GROUP_LOAD_IN_PROGRESS']);
/** Another broker is, or will be, the coordinator. */
const MOVED = new Set([
  'COORDINATOR_NOT_AVAILABLE',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_COORDINATOR_FOR_GROUP',
]);
/** Sequence numbers are int32 and start again at 0. */
const SEQUENCES = 2 ** 31;

export interface TransactionalWriterOptions {
  readonly kafka: Kafka;
  readonly transactionalId: string;
  /** Bounds how long a dead writer's open transaction holds read_committed subscribers back. */
  readonly timeoutMs: number;
  /** A topic that it will write; others are looked up when they are first written. */
  readonly topic: string;
}

/**
 * Writes Kafka transactions of one transactional id, one after the other. Opening it fences every earlier one.
 *
 * Delivery: each batch is sent once, never repeated; a resolved `write` is committed and proven. After the first error the
 * writer is of no more use and whether that transaction was committed is unknown: open another one, and look. (kafkajs' own
 * producer repeats requests and re-uses sequence numbers, docs/decisions/0002; of kafkajs only the connections are used.)
 */
export interface TransactionalWriter {
  /** How many partitions these topics have now. @throws MisconfiguredError when one does not exist */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /**
   * Appends each batch, commits, and answers the first offset of every place (`topic/partition`). The commit waits for
   * `before`; when that rejects nothing is committed.
   */
  write(batches: readonly PlacedBatch[], before?: Promise<unknown>): Promise<ReadonlyMap<string, bigint>>;
  close(): Promise<void>;
}

interface Session {
  readonly cluster: KafkajsCluster;
  readonly coordinator: KafkajsBroker;
  readonly identity: ProducerIdentity;
  readonly timeoutMs: number;
  readonly sequences: Map<string, number>;
  readonly lastOffsets: Map<string, bigint>;
}

export async function openTransactionalWriter(options: TransactionalWriterOptions): Promise<TransactionalWriter> {
  const cluster = openCluster(options.kafka);
  try {
    await cluster.connect();
    const session = await openSession(cluster, options);
    return {
      partitionCounts: (topics) => partitionCounts(cluster, topics),
      write: (batches, before) => write(session, batches, before),
      close: () => cluster.disconnect(),
    };
  } catch (error) {
    await cluster.disconnect().catch(() => undefined);
    throw error;
  }
}

/** A new epoch of the producer id: from here on the brokers refuse what earlier writers still send. */
async function openSession(
  cluster: KafkajsCluster,
  { transactionalId, timeoutMs, topic }: TransactionalWriterOptions,
): Promise<Session> {
  await loadTopics(cluster, [topic]); // and with it the addresses of the brokers
  const [coordinator, answer] = await whileNotYet(new Set([...BUSY, ...MOVED]), timeoutMs, async () => {
    const broker = await cluster.findGroupCoordinator({
      groupId: transactionalId,
      coordinatorType: COORDINATOR_OF_TRANSACTIONS,
    });
    return [broker, await broker.initProducerId({ transactionalId, transactionTimeout: timeoutMs })] as const;
  });
  const { producerId, producerEpoch } = answer;
  const identity = { transactionalId, producerId: String(producerId), producerEpoch };
  return { cluster, coordinator, identity, timeoutMs, sequences: new Map(), lastOffsets: new Map() };
}

async function write(
  session: Session,
  batches: readonly PlacedBatch[],
  before?: Promise<unknown>,
): Promise<ReadonlyMap<string, bigint>> {
  const { cluster, coordinator, identity, timeoutMs, sequences, lastOffsets } = session;
  await loadTopics(cluster, [...new Set(batches.map(({ topic }) => topic))]);
  const requests = encode(session, batches);
  // Repeated on its own while the transaction before is being ended: nothing has been sent to a partition yet.
  await whileNotYet(BUSY, timeoutMs, () => coordinator.addPartitionsToTxn({ ...identity, topics: joined(batches) }));
  const answers = await Promise.all([...requests].map(([leader, parts]) => produce(session, leader, parts)));
  const offsets = proven(batches, answers.flat(), lastOffsets);
  await before;
  await coordinator.endTxn({ ...identity, transactionResult: true });
  for (const batch of batches) {
    const place = placeOf(batch);
    sequences.set(place, ((sequences.get(place) ?? 0) + batch.records.length) % SEQUENCES);
  }
  for (const [place, offset] of offsets) lastOffsets.set(place, offset);
  return offsets;
}

function joined(batches: readonly PlacedBatch[]): { topic: string; partitions: number[] }[] {
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  return [...topics].map(([topic, parts]) => ({ topic, partitions: parts.map(({ partition }) => partition) }));
}

/** Bytes of every batch, by the broker that leads its partition. */
function encode(session: Session, batches: readonly PlacedBatch[]): Map<number, EncodedBatch[]> {
  const { cluster, identity, sequences } = session;
  const timestamp = Date.now();
  const requests = new Map<number, EncodedBatch[]>();
  for (const batch of batches) {
    const { topic, partition, records } = batch;
    const firstSequence = sequences.get(placeOf(batch)) ?? 0;
    const origin = { producerId: BigInt(identity.producerId), producerEpoch: identity.producerEpoch, firstSequence };
    const leader = leaderOf(cluster, topic, partition);
    const request = requests.get(leader) ?? [];
    request.push({ topic, partition, bytes: encodeRecordBatch(records, { ...origin, timestamp }) });
    requests.set(leader, request);
  }
  return requests;
}

async function produce(
  { cluster, identity }: Session,
  leader: number,
  batches: readonly EncodedBatch[],
): Promise<RecordMetadata[]> {
  const broker = await cluster.findBroker({ nodeId: leader });
  const request = encodeProduceRequest(identity.transactionalId, batches);
  const { topics } = (await broker.connectionPool.send({ request, response: produceResponse })) as ProduceAnswer;
  return topics.flatMap(({ topicName, partitions }) => partitions.map((entry) => ({ topicName, ...entry })));
}

/** @throws TransientError unless the answers name every place sent, once, without error and with a rising offset. */
function proven(
  batches: readonly PlacedBatch[],
  answers: readonly RecordMetadata[],
  lastOffsets: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  const reason = unprovenReason(batches, answers, lastOffsets);
  if (reason !== null) throw new TransientError('send-unproven', `The send is not proven: ${reason}`);
  return new Map(
    answers.map(({ topicName, partition, baseOffset }) => [
      placeOf({ topic: topicName, partition }),
      BigInt(baseOffset ?? -1),
    ]),
  );
}

async function partitionCounts(
  cluster: KafkajsCluster,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  await loadTopics(cluster, topics);
  await cluster.refreshMetadata();
  return new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
}

async function loadTopics(cluster: KafkajsCluster, topics: readonly string[]): Promise<void> {
  try {
    await cluster.addMultipleTargetTopics(topics);
  } catch (error) {
    if (protocolErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    const list = topics.join(', ');
    throw new MisconfiguredError('topic-missing', `One of the topics ${list} does not exist: apply the contracts`);
  }
}

function leaderOf(cluster: KafkajsCluster, topic: string, partition: number): number {
  const found = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
  if (found === undefined || found.leader < 0)
    throw new TransientError('no-leader', `${topic}/${partition} has no leader at the moment`);
  return found.leader;
}

async function whileNotYet<T>(answers: ReadonlySet<string>, timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; await delay(WAIT_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!answers.has(protocolErrorType(error) ?? '') || Date.now() > deadline) throw error;
    }
  }
}
