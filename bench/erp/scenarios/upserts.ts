import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../../child.ts';
import { inDatabase } from '../../database.ts';
import type { Measurement } from '../../measurement.ts';
import { publishCustomers } from '../customers.ts';
import { adapterEnvironment, startAdapter, startNetSuite } from '../programs.ts';
import { OURS, type Bench, type Part, type Scenario } from '../scenario.ts';
import type { Usage } from '../subjects/netsuite.ts';

/** Calls at once that the account allows; one more is refused. */
const BUDGET = 10;
const SAMPLE_MS = 20;

export const used = (replicas: number): string => `budget of ${BUDGET} calls used, ${replicas} replicas`;
export const refused = (replicas: number): string => `calls beyond the budget, ${replicas} replicas`;
export const REPLICAS = [1, 2, 4] as const;

let runs = 0;

function withReplicas(replicas: number): Scenario {
  return {
    name: `${replicas}-replicas`,
    async run({ environment, options }: Bench) {
      const crm = `bench-${++runs}`;
      const databaseUrl = await environment.freshDatabase('bench_adapter');
      const vendor = await startNetSuite({
        databaseUrl: await environment.freshDatabase('bench_netsuite'),
        ...{ concurrency: BUDGET, vendorMs: options.vendorMs, crm },
      });
      const services: Child[] = [];
      try {
        const own = adapterEnvironment(environment, databaseUrl, vendor);
        for (let n = 0; n < replicas; n++) services.push(await startAdapter(own));
        await publishCustomers(environment, databaseUrl, { crm, count: options.customers });
        const { seconds, share } = await written(databaseUrl, vendor.child, options.customers);
        const { refused: over } = await usageOf(vendor.child);
        const plain = (metric: string, unit: string, value: number): Measurement => ({
          ...{ subject: OURS, metric, unit, value, cpuSeconds: null, maxRssMiB: null },
        });
        return [
          plain(used(replicas), '%', 100 * share),
          plain(refused(replicas), 'calls', over),
          plain(`customers written, ${replicas} replicas`, 'customers/s', options.customers / seconds),
        ];
      } finally {
        for (const service of services) await service.end();
        await vendor.child.end();
      }
    },
  };
}

async function usageOf(vendor: Child): Promise<Usage> {
  vendor.send('usage?');
  return vendor.next<Usage>('usage');
}

/** Waits until all are written; between the first tenth and the last one, how much of the budget was in use. */
async function written(
  databaseUrl: string,
  vendor: Child,
  count: number,
): Promise<{ readonly seconds: number; readonly share: number }> {
  return inDatabase(databaseUrl, async (client) => {
    await client.query('SET search_path = erp_adapter');
    const samples: number[] = [];
    let [begun, done] = [0, 0];
    for (let looked = 0; done < count; await delay(SAMPLE_MS)) {
      if (done > count / 10 && done < (9 * count) / 10) samples.push((await usageOf(vendor)).inFlight);
      if (performance.now() - looked < 500) continue;
      looked = performance.now();
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM customer_link WHERE vendor_id IS NOT NULL',
      );
      done = rows[0]?.count ?? 0;
      if (done > 0 && begun === 0) begun = performance.now();
    }
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    return { seconds: (performance.now() - begun) / 1_000, share: mean / BUDGET };
  });
}

export const upserts: Part = {
  name: 'upserts',
  about: 'customers written into an account that allows ten calls at once, by one, two and four replicas',
  prepare: async () => undefined,
  scenarios: REPLICAS.map(withReplicas),
};
