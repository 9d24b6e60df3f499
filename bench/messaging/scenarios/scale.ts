import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import { inDatabase } from '../../database.ts';
import type { Measurement } from '../../measurement.ts';
import { cpuSeconds, maxRssMiB, rssMiB } from '../../proc.ts';
import { CREATE_TABLE, TOPIC } from '../record.ts';
import type { Bench, Part, Scenario } from '../scenario.ts';
import { throughput, watchTable } from '../window.ts';

export const BURST = 'tenfold burst';
const PARTITIONS = 8;

let services = 0;

/** The topic anew, a database with the table, and a group that nobody was in. */
async function fresh({
  environment,
}: Bench): Promise<{ where: Bench['environment']['where']; databaseUrl: string; service: string }> {
  await environment.deleteTopic(TOPIC);
  await environment.createTopic(TOPIC, PARTITIONS);
  const databaseUrl = await environment.freshDatabase();
  await inDatabase(databaseUrl, (client) => client.query(CREATE_TABLE));
  return { where: environment.where, databaseUrl, service: `bench-scale-${++services}` };
}

function instances(count: number): Scenario {
  return {
    name: `${count}-instances`,
    async run(bench) {
      const { environment, options } = bench;
      const config = await fresh(bench);
      const events = Math.floor(options.events / 3 / PARTITIONS) * PARTITIONS;
      const children: Child[] = [];
      try {
        const feed = await startChild('gated-feed', { where: config.where, partitions: PARTITIONS, events });
        children.push(feed);
        await feed.next('filled');
        const members: Child[] = [];
        for (let n = 0; n < count; n++) members.push(await startChild('tieout-sink', config, options.profile));
        children.push(...members);
        for (const member of members) member.send('joined?');
        await Promise.all(members.map((member) => member.next('joined', 60_000)));
        await delay(3_000); // the last join makes all of them join again
        const pids = members.map(({ pid }) => pid);
        const watched = watchTable(environment, config.databaseUrl, { pids, events, partitions: PARTITIONS });
        feed.send('open');
        const metric = `consume with ${count} instance${count === 1 ? '' : 's'}`;
        return throughput('tieout', metric, await watched);
      } finally {
        await Promise.all(children.map((child) => child.end()));
      }
    },
  };
}

const BASE_RATE = 1_000;
const BURST_SECONDS = 60;
/** Half of a slow partition's share of the base rate comes through it in the burst's first second, then less and less. */
const SLOW = { partition: 0, msPerRecord: 2 };

const burst: Scenario = {
  name: 'burst',
  async run(bench) {
    const config = await fresh(bench);
    const children: Child[] = [];
    try {
      const sink = await startChild('tieout-sink', { ...config, slow: SLOW }, bench.options.profile);
      children.push(sink);
      sink.send('joined?');
      await sink.next('joined', 30_000);
      const seconds = BURST_SECONDS * bench.options.timeScale;
      const calm = { perSecond: BASE_RATE, seconds: Math.max(1, Math.round(seconds / 10)) };
      const phases = [calm, { perSecond: BASE_RATE * 10, seconds }, calm];
      const feed = await startChild('burst-feed', { where: config.where, partitions: PARTITIONS, phases });
      children.push(feed);
      for (const each of [0, 1]) await feed.next('phase', each + 60_000);
      const memory = await memoryUntil(sink.pid, feed.next('phase', seconds * 3_000 + 30_000));
      sink.send('heal');
      const burstEnd = Date.now();
      const total = await feed.next<number>('result');
      const drained = await drain(config.databaseUrl, total, burstEnd);
      return figures(await healthy(config.databaseUrl), memory, drained, sink.pid);
    } finally {
      await Promise.all(children.map((child) => child.end()));
    }
  },
};

async function memoryUntil(pid: number, end: Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(rssMiB(pid) ?? 0), 250);
  await end.finally(() => clearInterval(timer));
  return samples;
}

/** @returns seconds from the end of the burst until everything is in the table */
async function drain(databaseUrl: string, total: number, since: number): Promise<number> {
  return inDatabase(databaseUrl, async (client) => {
    for (const deadline = Date.now() + 300_000; ; await delay(100)) {
      const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM account');
      const written = Number(rows[0]?.count);
      if (written === total) return (Date.now() - since) / 1_000;
      if (Date.now() > deadline) throw new Error(`the burst has not drained after 300 s: ${written} of ${total}`);
    }
  });
}

/** From the time that a record was due at the producer until its row was written, without the slow partition. */
async function healthy(databaseUrl: string): Promise<{ p50: number; p99: number }> {
  const sql = `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY wait) AS p50, percentile_disc(0.99) WITHIN GROUP (ORDER BY wait) AS p99
    FROM (SELECT extract(epoch FROM written_at) * 1000 - revision AS wait FROM account
          WHERE split_part(number, '-', 2)::bigint % ${PARTITIONS} <> ${SLOW.partition}) waits`;
  const { rows } = await inDatabase(databaseUrl, (client) => client.query<{ p50: string; p99: string }>(sql));
  return { p50: Number(rows[0]?.p50), p99: Number(rows[0]?.p99) };
}

function figures(
  { p50, p99 }: { p50: number; p99: number },
  memory: readonly number[],
  drained: number,
  pid: number,
): Measurement[] {
  const base = { subject: 'tieout', cpuSeconds: cpuSeconds(pid), maxRssMiB: maxRssMiB(pid) };
  const half = Math.floor(memory.length / 2);
  const growth = Math.max(...memory.slice(half)) / Math.max(...memory.slice(0, half));
  return [
    { ...base, metric: `${BURST}, healthy keys p50`, unit: 'ms', value: p50 },
    { ...base, metric: `${BURST}, healthy keys p99`, unit: 'ms', value: p99 },
    { ...base, metric: `${BURST}, drained after its end`, unit: 's', value: drained },
    { ...base, metric: `${BURST}, memory of its second half to its first`, unit: 'x', value: growth },
  ];
}

export const scale: Part = {
  name: 'scale',
  about: `instances of one service, and a burst with one slow partition, ${PARTITIONS} partitions`,
  prepare: async () => undefined,
  scenarios: [instances(1), instances(2), instances(4), burst],
};
