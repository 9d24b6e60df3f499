import { type Child, startChild } from '../../child.ts';
import { cpuSeconds } from '../../proc.ts';
import type { Bench, Part, Scenario } from '../scenario.ts';
import type { WriterConfig, Writes } from '../subjects/writer.ts';

export const WRITES = 'business partners changed, on one machine';
export const FAR = 'business partners changed, a vendor far away';
export const SINGLE = 'single writes';
const IN_ONE = 100;
export const BATCH = `$batch, change sets of ${IN_ONE}`;

interface Pair {
  readonly vendor: Child;
  readonly writer: Child;
}

const running = new Map<string, Pair>();

async function startPair({ environment }: Bench, metric: string, vendorMs: number): Promise<void> {
  const databaseUrl = await environment.freshDatabase(`bench_sap_${running.size}`);
  const vendor = await startChild(new URL('../subjects/sap.ts', import.meta.url), { databaseUrl, vendorMs });
  const credentials = await vendor.next<WriterConfig>('credentials');
  running.set(metric, {
    vendor,
    writer: await startChild(new URL('../subjects/writer.ts', import.meta.url), credentials),
  });
}

function writes(metric: string, subject: string, inOne: number): Scenario {
  return {
    name: `${inOne === 1 ? 'single' : 'batch'}${metric === FAR ? '-far' : ''}`,
    async run({ options }) {
      const { writer } = running.get(metric)!;
      const before = cpuSeconds(writer.pid);
      writer.send('write', { count: options.writes, inOne } satisfies Writes);
      const seconds = await writer.next<number>('done');
      const after = cpuSeconds(writer.pid);
      const cpu = before === null || after === null ? null : after - before;
      return [{ subject, metric, unit: 'writes/s', value: options.writes / seconds, cpuSeconds: cpu, maxRssMiB: null }];
    },
  };
}

export const batch: Part = {
  name: 'batch',
  about: 'business partners of SAP changed one by one and in change sets',
  async prepare(bench) {
    await startPair(bench, WRITES, 0);
    await startPair(bench, FAR, bench.options.vendorMs);
  },
  async finish() {
    for (const { vendor, writer } of running.values()) {
      await writer.end();
      await vendor.end();
    }
  },
  scenarios: [WRITES, FAR].flatMap((metric) => [writes(metric, SINGLE, 1), writes(metric, BATCH, IN_ONE)]),
};
