import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import type { Measurement } from '../../measurement.ts';
import { quantile } from '../../measurement.ts';
import type { OutboxKind } from '../outbox-tables.ts';
import { cpuSeconds, maxRssMiB } from '../../proc.ts';
import type { Bench, Part, Scenario } from '../scenario.ts';
import { startDebeziumRelay } from './debezium-outbox.ts';
import { freshOutput } from './publish.ts';

const SECONDS = 10;
/** Of what was written first: connections open, Java compiles. */
const WARM_UP_SHARE = 0.4;

export const metricAt = (perSecond: number): string => `commit to reader at ${perSecond.toLocaleString('en-US')}/s`;

interface Publisher {
  readonly kind: OutboxKind;
  readonly subject: string;
  readonly topic: string;
  readonly databaseUrl: string;
  readonly pid: number;
}

async function measure(bench: Bench, publisher: Publisher, perSecond: number): Promise<Measurement[]> {
  const { where } = bench.environment;
  const { kind, subject, topic, databaseUrl, pid } = publisher;
  const seconds = Math.max(2, Math.round(SECONDS * bench.options.timeScale));
  const children: Child[] = [];
  try {
    const reader = await startChild('latency-reader', { where, topic });
    children.push(reader);
    await reader.next('fetching', 30_000);
    const writer = await startChild('latency-writer', { kind, where, topic, databaseUrl, perSecond, seconds });
    children.push(writer);
    const before = cpuSeconds(pid);
    writer.send('start');
    const committed = await writer.next<Map<number, number>>('result', seconds * 1_000 + 60_000);
    const after = cpuSeconds(pid);
    const seen = await untilSeen(reader, committed.size);
    const base = {
      subject,
      unit: 'ms',
      cpuSeconds: before === null || after === null ? null : after - before,
      maxRssMiB: maxRssMiB(pid),
    };
    const metric = metricAt(perSecond);
    const waits = latencies(committed, seen);
    return [
      { ...base, metric: `${metric}, p50`, value: quantile(waits, 0.5) },
      { ...base, metric: `${metric}, p99`, value: quantile(waits, 0.99) },
    ];
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}

/** @throws when the reader has not seen everything long after the last commit */
async function untilSeen(reader: Child, events: number): Promise<Map<number, number>> {
  for (const deadline = Date.now() + 30_000; ; await delay(200)) {
    reader.send('report');
    const seen = await reader.next<Map<number, number>>('result');
    if (seen.size >= events) return seen;
    if (Date.now() > deadline) throw new Error(`${seen.size} of ${events} events were seen 30 s after the last commit`);
  }
}

function latencies(committed: ReadonlyMap<number, number>, seen: ReadonlyMap<number, number>): number[] {
  const first = Math.floor(committed.size * WARM_UP_SHARE);
  return [...committed]
    .filter(([sequence]) => sequence >= first)
    .map(([sequence, at]) => (seen.get(sequence) ?? Number.NaN) - at);
}

function program(name: string, subject: 'tieout' | 'hand-written', file: string, perSecond: number): Scenario {
  return {
    name,
    async run(bench) {
      const { environment, options } = bench;
      const output = await freshOutput(bench);
      const databaseUrl = await environment.freshDatabase();
      const settings = { ...output, where: environment.where, databaseUrl };
      const child = await startChild(file, settings, options.profile);
      try {
        child.send('start');
        await child.next('started', 30_000);
        const publisher = { kind: subject, subject, topic: output.topic, databaseUrl, pid: child.pid };
        return await measure(bench, publisher, perSecond);
      } finally {
        await child.end();
      }
    },
  };
}

function debezium(name: string, subject: string, settings: Readonly<Record<string, string>>): Scenario {
  return {
    name,
    async run(bench) {
      const { topic } = await freshOutput(bench);
      const relay = await startDebeziumRelay(bench.environment, { topic, settings });
      try {
        const { databaseUrl, connect } = relay;
        return await measure(bench, { kind: 'debezium', subject, topic, databaseUrl, pid: connect.pid }, 1_000);
      } finally {
        await relay.end();
      }
    },
  };
}

export const latency: Part = {
  name: 'latency',
  about: 'from the answer to a commit to a read_committed subscriber, 200 transactions a second',
  prepare: async () => undefined,
  scenarios: [
    program('tieout', 'tieout', 'tieout-relay', 1_000),
    program('hand-written', 'hand-written', 'hand-written-relay', 1_000),
    debezium('debezium-stock', 'Debezium outbox router', {}),
    debezium('debezium-tuned', 'Debezium outbox router, poll.interval.ms=5', { 'poll.interval.ms': '5' }),
    program('tieout-5000', 'tieout', 'tieout-relay', 5_000),
    program('hand-written-5000', 'hand-written', 'hand-written-relay', 5_000),
  ],
};
