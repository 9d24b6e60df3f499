import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { ConsumerStatus } from './consumer-status.ts';
import { countDeadLetters, oldestDeadLetters } from './dead-letter.store.ts';
import { exceptionGauges } from './exceptions/exception-metrics.ts';
import { outboxDepth, type OutboxDepth } from './outbox.store.ts';
import type { RelayStatus } from './relay.ts';
import { replayDepths } from './replay/replay.store.ts';

export interface MessagingMetrics {
  readonly processed: Counter<'topic' | 'outcome'>;
  readonly published: Counter<'topic'>;
  readonly takeOvers: Counter;
  readonly relayErrors: Counter;
  readonly redrives: Counter<'topic' | 'result'>;
}

export interface MetricSources {
  readonly registry: Registry;
  readonly dataSource: DataSource;
  readonly consumers: () => readonly ConsumerStatus[];
  readonly relay: () => RelayStatus;
}

/** Counters to be counted by the caller, and gauges that read their value when scraped. */
export function createMessagingMetrics(sources: MetricSources): MessagingMetrics {
  consumerGauges(sources);
  outboxGauges(sources);
  relayGauges(sources);
  deadLetterGauges(sources);
  exceptionGauges(sources.registry, sources.dataSource);
  replayGauges(sources);
  const registers = [sources.registry];
  return {
    processed: new Counter({
      name: 'tieout_events_processed_total',
      help: 'Records accepted, by what became of them.',
      labelNames: ['topic', 'outcome'],
      registers,
    }),
    published: new Counter({
      name: 'tieout_events_published_total',
      help: 'Events published by the outbox relay.',
      labelNames: ['topic'],
      registers,
    }),
    takeOvers: new Counter({
      name: 'tieout_relay_take_overs_total',
      help: 'Times this process became the publisher.',
      registers,
    }),
    relayErrors: new Counter({ name: 'tieout_relay_errors_total', help: 'Errors that ended a publisher.', registers }),
    redrives: new Counter({
      name: 'tieout_dead_letters_redriven_total',
      help: 'Dead letters that people decided about, by what became of them: redriven, superseded, discarded or failed again.',
      labelNames: ['topic', 'result'],
      registers,
    }),
  };
}

function consumerGauges({ registry, consumers }: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: 'tieout_consumer_lag_records',
    help: 'Records behind the high watermark as of the last batch.',
    labelNames: ['topic', 'partition'],
    registers,
    collect() {
      this.reset(); // a partition that went to another process is not this one's to tell of
      for (const { topic, lag } of consumers()) {
        for (const [partition, records] of Object.entries(lag)) this.set({ topic, partition }, records);
      }
    },
  });
  new Gauge({
    name: 'tieout_consumer_running',
    help: '1 while the consumer of the topic runs, 0 while it retries, is stuck or is stopped.',
    labelNames: ['topic'],
    registers,
    collect() {
      for (const { topic, state } of consumers()) this.set({ topic }, state === 'running' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'tieout_consumer_busy_seconds',
    help: 'The longest that what a partition works on has made no progress: a handler that hangs shows here.',
    labelNames: ['topic'],
    registers,
    collect() {
      for (const { topic, busyMs } of consumers()) this.set({ topic }, busyMs / 1_000);
    },
  });
  new Gauge({
    name: 'tieout_event_age_seconds',
    help: 'Seconds since the newest consumed event of the topic was published.',
    labelNames: ['topic'],
    registers,
    collect() {
      for (const { topic, newestTimestamp } of consumers()) {
        if (newestTimestamp !== null) this.set({ topic }, Math.max(0, (Date.now() - newestTimestamp) / 1_000));
      }
    },
  });
}

function outboxGauges({ registry, dataSource }: MetricSources): void {
  const registers = [registry];
  // One query per gauge: a gauge set while another one collects would show the scrape before.
  const depthGauge = (name: string, help: string, read: (depth: OutboxDepth) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(read(await outboxDepth(dataSource.manager)));
      },
    });
  };
  depthGauge('tieout_outbox_pending', 'Events not yet published.', (depth) => depth.pending);
  depthGauge('tieout_outbox_refused', 'Events that the broker refused; their keys are held.', (depth) => depth.refused);
  depthGauge(
    'tieout_outbox_oldest_seconds',
    'Age of the oldest event not yet published.',
    (depth) => depth.oldestSeconds,
  );
}

function relayGauges({ registry, relay }: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: 'tieout_relay_leading',
    help: '1 while this process publishes the outbox of its service.',
    registers,
    collect() {
      this.set(relay().state === 'leading' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'tieout_topic_partitions_unplanned',
    help: '1 for a topic with more partitions than its keys are spread over.',
    labelNames: ['topic'],
    registers,
    collect() {
      this.reset();
      for (const topic of relay().unplanned) this.set({ topic }, 1);
    },
  });
}

function replayGauges({ registry, dataSource }: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: 'tieout_replay_remaining_offsets',
    help: 'Offsets that running replays of the topic still have to read.',
    labelNames: ['topic'],
    registers,
    async collect() {
      const depths = await replayDepths(dataSource.manager);
      this.reset();
      for (const { topic, remaining, failed } of depths) if (!failed) this.set({ topic }, remaining);
    },
  });
  new Gauge({
    name: 'tieout_replay_failed',
    help: '1 while the last replay of the topic is a failed one.',
    labelNames: ['topic'],
    registers,
    async collect() {
      const depths = await replayDepths(dataSource.manager);
      this.reset();
      for (const { topic, failed } of depths) this.set({ topic }, failed ? 1 : 0);
    },
  });
}

function deadLetterGauges({ registry, dataSource }: MetricSources): void {
  new Gauge({
    name: 'tieout_dead_letters',
    help: 'Dead letters and parked records, by topic of origin.',
    labelNames: ['topic', 'status'],
    registers: [registry],
    async collect() {
      const counts = await countDeadLetters(dataSource.manager);
      this.reset();
      for (const { topic, status, count } of counts) this.set({ topic, status }, count);
    },
  });
  new Gauge({
    name: 'tieout_dead_letter_oldest_seconds',
    help: 'Age of the oldest dead letter or parked record that waits for a decision, by topic of origin.',
    labelNames: ['topic'],
    registers: [registry],
    async collect() {
      const ages = await oldestDeadLetters(dataSource.manager);
      this.reset();
      for (const { topic, seconds } of ages) this.set({ topic }, seconds);
    },
  });
}
