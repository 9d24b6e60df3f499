import { randomUUID } from 'node:crypto';
import { TOPICS } from '@tieout/canonical';
import type { Kafka } from 'kafkajs';
import { findPosition } from '../position.store.ts';
import { topicOffsets } from '../topic-offsets.ts';
import { inTransaction } from '../transaction.ts';
import {
  findReplay,
  insertReplay,
  listReplays,
  stopReplay,
  type ReplayPage,
  type ReplayRange,
  type ReplayRow,
} from './replay.store.ts';
import {
  startReplayRunner,
  type ReplayConsumer,
  type ReplayRunner,
  type ReplayRunnerOptions,
} from './replay-runner.ts';

/** What a person asks for. */
export interface ReplayRequest {
  readonly topic: string;
  /** By the records' timestamps; null: from the beginning of the log. */
  readonly fromTime: Date | null;
  readonly reset: boolean;
  /** Records handed over per second; null: as fast as it goes. */
  readonly rate: number | null;
  readonly reason: string;
  readonly requestedBy: string;
}

/** Why nothing was started, as a stable code and a sentence. */
export interface Refused {
  readonly refused: 'NOT_CONSUMED' | 'NOT_REPLAYABLE' | 'REPLAY_RUNNING' | 'OTHER_LOG';
  readonly message: string;
}

export type ReplaysOptions = Omit<ReplayRunnerOptions, 'clusterId' | 'consumers'>;

interface Started {
  readonly runner: ReplayRunner;
  readonly consumers: readonly ReplayConsumer[];
  readonly clusterId: string;
}

/** Replays of a service: asked for, looked at and stopped here; carried out by whichever of its processes are up. */
export class Replays {
  readonly #options: ReplaysOptions;
  #started: Started | null = null;

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  start(consumers: readonly ReplayConsumer[], clusterId: string): void {
    const runner = startReplayRunner({ ...this.#options, consumers, clusterId });
    this.#started = { runner, consumers, clusterId };
  }

  /** Resolves when the chunk under way has ended. */
  async stop(): Promise<void> {
    await this.#started?.runner.stop();
    this.#started = null;
  }

  /**
   * Starts handing the records of a topic over again, up to where the consumer stands now. Answers as soon as that is on
   * record; it goes on after a restart. Live records of the topic flow meanwhile, waiting for a chunk of theirs at most.
   */
  async request(request: ReplayRequest): Promise<ReplayRow | Refused> {
    const started = this.#started;
    const consumer = started?.consumers.find(({ spec }) => spec.topic === request.topic);
    if (!started || !consumer) return refused('NOT_CONSUMED', `No consumer of ${request.topic} runs here`);
    if (TOPICS[consumer.spec.topic].kind === 'fact')
      return refused(
        'NOT_REPLAYABLE',
        'A fact counts once and in order: its consumers are rebuilt beside the live ones',
      );
    if (!consumer.spec.reset)
      return refused(
        'NOT_REPLAYABLE',
        'What this consumer keeps does not follow from the topic alone: rebuild it beside',
      );
    const ranges = await this.#ranges(consumer, started.clusterId, request.fromTime);
    if ('refused' in ranges) return ranges;
    const replayId = randomUUID();
    const replay = { ...request, replayId, group: consumer.group, topic: consumer.kafkaTopic };
    if (!(await inTransaction(this.#options.dataSource, (tx) => insertReplay(tx, replay, ranges))))
      return refused('REPLAY_RUNNING', `A replay of ${request.topic} runs already`);
    const { requestedBy, reason, topic, reset } = request;
    this.#options.logger.warn({ replay: replayId, topic, reset, requestedBy, reason }, 'replay asked for');
    started.runner.wake();
    return (await this.find(replayId))!;
  }

  find(replayId: string): Promise<ReplayRow | null> {
    return findReplay(this.#options.dataSource.manager, replayId);
  }

  list(page: ReplayPage): Promise<readonly ReplayRow[]> {
    return listReplays(this.#options.dataSource.manager, page);
  }

  /** When this resolves, nothing of the replay has an effect any more; what it did stays. One that has ended stays as it is. */
  async stopOne(replayId: string, stoppedBy: string, reason: string): Promise<ReplayRow | null> {
    await inTransaction(this.#options.dataSource, (tx) => stopReplay(tx, replayId, stoppedBy, reason));
    const replay = await this.find(replayId);
    if (replay) this.#options.logger.warn({ replay: replayId, stoppedBy, reason }, 'replay stopped');
    return replay;
  }

  async #ranges(
    { group, kafkaTopic: topic }: ReplayConsumer,
    clusterId: string,
    fromTime: Date | null,
  ): Promise<readonly ReplayRange[] | Refused> {
    const { kafka, dataSource } = this.#options;
    const bounds = await topicOffsets(kafka, topic);
    const since = fromTime === null ? null : await offsetsSince(kafka, topic, fromTime);
    const ranges: ReplayRange[] = [];
    for (const [partition, { low, high }] of bounds) {
      const position = await findPosition(dataSource.manager, { group, topic, partition });
      if (!position) continue;
      if (position.clusterId !== clusterId || high < position.nextOffset)
        return refused('OTHER_LOG', `Partition ${partition} is not the log that was consumed`);
      const from = since?.get(partition) ?? low;
      const first = from < low ? low : from;
      if (first < position.nextOffset) ranges.push({ partition, first, end: position.nextOffset });
    }
    return ranges.toSorted((a, b) => a.partition - b.partition);
  }
}

function refused(code: Refused['refused'], message: string): Refused {
  return { refused: code, message };
}

/** The first offset of each partition at or after the time; its end where there is none. */
async function offsetsSince(kafka: Kafka, topic: string, time: Date): Promise<ReadonlyMap<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, time.getTime());
    return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
  } finally {
    await admin.disconnect();
  }
}
