import { readFileSync } from 'node:fs';
import { keyOf } from '../generator/generate.ts';
import { headerOf } from '../oracle/observe.ts';
import type { Rig } from '../rig.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

const PARTITIONS = 6;
const CALM_PER_SECOND = 100;
const BURST_SECONDS = 60;
const SLOW_MS = 300;
const HEALTHY_P99_MS = 1_000;
const MEMORY_MIB = 400;
const DRAINED_WITHIN_MS = 300_000;

export const f34: Scenario = {
  id: 'F34',
  title: 'Ten times the load for 60 s, half of it on one key, while the handler is slow on another partition.',
  promises: ['P1', 'P2', 'P5'],
  fast: false,
  async run({ seed, rig: open, note }) {
    const rig = await open({ partitions: PARTITIONS });
    const spread = { keys: 120, hotPercent: 50 };
    await rig.load(200, spread);
    const hot = keyOf(seed, 0);
    const hotPartition = rig.inputSeen.find(({ key }) => String(key) === hot)?.partition ?? 0;
    const slow = (hotPartition + 1) % PARTITIONS;
    const subject = await rig.start({ slowMs: { [slow]: SLOW_MS }, maxChunk: 20 });
    await rig.settled();
    rig.watch();
    await rig.load(CALM_PER_SECOND * 10, { ...spread, perSecond: CALM_PER_SECOND });
    const memory: number[] = [];
    const watching = setInterval(() => memory.push(residentMiB(subject.pid)), 1_000);
    await rig.load(CALM_PER_SECOND * 10 * BURST_SECONDS, { ...spread, perSecond: CALM_PER_SECOND * 10 });
    const since = performance.now();
    await rig.settled({}, DRAINED_WITHIN_MS);
    clearInterval(watching);
    const seconds = (performance.now() - since) / 1_000;
    holds(await rig.judge());
    const p99 = percentile(latencies(rig, slow), 0.99);
    note(
      `drained ${seconds.toFixed(0)} s after the burst, at most ${Math.max(...memory)} MiB, healthy partitions p99 ${p99} ms`,
    );
    if (Math.max(...memory) > MEMORY_MIB) throw new Broken([`memory went up to ${Math.max(...memory)} MiB`]);
    if (p99 > HEALTHY_P99_MS) throw new Broken([`the healthy partitions' p99 is ${p99} ms`]);
  },
};

/** Milliseconds from the input record to the output record that it caused, of every partition but the slow one. */
function latencies({ inputSeen, outputSeen }: Rig, slow: number): number[] {
  const healthy = inputSeen.filter(({ partition }) => partition !== slow);
  const begun = new Map(healthy.map((record) => [headerOf(record, 'ce_id'), record.timestamp]));
  return outputSeen.flatMap((record) => {
    const start = begun.get(headerOf(record, 'ce_causationid'));
    return start === undefined ? [] : [record.timestamp - start];
  });
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Linux only, like the signals of the other scenarios. */
function residentMiB(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}
