import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../../child.ts';
import { inDatabase } from '../../database.ts';
import type { Measurement } from '../../measurement.ts';
import { watchMemory } from '../../memory.ts';
import { cpuSeconds } from '../../proc.ts';
import { fillBooks } from '../books.ts';
import { adapterEnvironment, startAdapter, startNetSuite, type Vendor } from '../programs.ts';
import { BARE, OURS, type Bench, type Part, type Scenario } from '../scenario.ts';

export const READ = 'changed invoices with three lines each';
export const MEMORY = 'reading invoices, memory of its second half to its first';
const CONCURRENCY = 15;
const PATIENCE_MS = 30 * 60_000;

const base = { cpuSeconds: null, maxRssMiB: null };

/** The account's books are filled once; every round reads all of them. */
let account: Vendor | null = null;

async function prepare({ environment, options }: Bench): Promise<void> {
  const databaseUrl = await environment.freshDatabase('bench_netsuite');
  account = await startNetSuite({ databaseUrl, concurrency: CONCURRENCY, vendorMs: 0 });
  await fillBooks(databaseUrl, options.invoices);
}

const bare: Scenario = {
  name: 'bare',
  async run({ options }) {
    const program = new URL('../subjects/reader.ts', import.meta.url);
    const child = await startChild(program, { credentials: account!.credentials, concurrency: 6 });
    try {
      child.send('read');
      const { invoices, seconds } = await child.next<{ invoices: number; seconds: number }>('result', PATIENCE_MS);
      if (invoices !== options.invoices) throw new Error(`${invoices} of ${options.invoices} invoices were read`);
      const cpu = cpuSeconds(child.pid);
      return [{ ...base, subject: BARE, metric: READ, unit: 'invoices/s', value: invoices / seconds, cpuSeconds: cpu }];
    } finally {
      await child.end();
    }
  },
};

/** From an empty database until every invoice is on the topic. */
const ours: Scenario = {
  name: OURS,
  async run({ environment, options }) {
    const databaseUrl = await environment.freshDatabase('bench_adapter');
    const child = await startAdapter(adapterEnvironment(environment, databaseUrl, account!));
    try {
      const begun = performance.now();
      const [, memory] = await watchMemory(child.pid, () => published(databaseUrl, options.invoices));
      const seconds = (performance.now() - begun) / 1_000;
      const cpu = cpuSeconds(child.pid);
      const rate: Measurement = {
        ...{ subject: OURS, metric: READ, unit: 'invoices/s', value: options.invoices / seconds },
        ...{ cpuSeconds: cpu, maxRssMiB: memory.maxMiB },
      };
      const growth = { ...base, subject: OURS, metric: MEMORY, unit: 'x', value: memory.growth ?? Number.NaN };
      return memory.growth === null ? [rate] : [rate, growth];
    } finally {
      await child.end();
    }
  },
};

/** Resolves once the stream has read to its end and everything it stored has been published. */
async function published(databaseUrl: string, invoices: number): Promise<void> {
  await inDatabase(databaseUrl, async (client) => {
    await client.query('SET search_path = erp_adapter');
    const is = async (sql: string): Promise<boolean> => ((await client.query(sql)).rowCount ?? 0) > 0;
    while (
      !(await is(
        `SELECT 1 FROM source_stream WHERE stream = 'invoice' AND cursor->>'reading' IS NULL AND cursor IS NOT NULL`,
      ))
    )
      await delay(200);
    while (await is('SELECT 1 FROM outbox LIMIT 1')) await delay(50);
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM published_record WHERE topic = 'finance.invoice.v1'`,
    );
    if (rows[0]?.count !== invoices) throw new Error(`${rows[0]?.count ?? 0} of ${invoices} invoices are published`);
  });
}

export const read: Part = {
  name: 'read',
  about: 'all invoices of an account: read from NetSuite, mapped, stored and published, beside reading alone',
  prepare,
  finish: async () => account?.child.end(),
  scenarios: [bare, ours],
};
