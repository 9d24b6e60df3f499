import { inDatabase } from '../../database.ts';
import type { Measurement } from '../../measurement.ts';
import { cpuSeconds } from '../../proc.ts';
import { countJoin, keepJoin } from '../join.ts';
import { startMatcher } from '../matcher.ts';
import { watchMemory } from '../../memory.ts';
import { type Bench, JOIN, OURS, type Part, type Scenario } from '../scenario.ts';
import type { FullAnswer } from '../subjects/matcher.ts';

export const FULL = 'full run';
export const AGAIN = 'full run, nothing changed';
export const WITH_BREAKS = 'full run that opens its breaks';
export const MEMORY = 'full run, memory of its second half to its first';

const plain = (subject: string, metric: string, value: number, unit = 's'): Measurement => ({
  ...{ subject, metric, unit, value, cpuSeconds: null, maxRssMiB: null },
});

async function forget({ environment, options }: Bench, tables: string): Promise<void> {
  const { databaseUrl } = await environment.dataset(options.items);
  await inDatabase(databaseUrl, async (client) => {
    await client.query(`TRUNCATE ${tables}`);
    await client.query('CHECKPOINT');
  });
}

/** A first run over everything, and one right after it, in a fresh process. */
const ours: Scenario = {
  name: OURS,
  async run(bench) {
    const { environment, options } = bench;
    await forget(bench, 'comparison_block');
    await using matcher = await startMatcher(await environment.dataset(options.items), options);
    const before = { own: cpuSeconds(matcher.pid), server: environment.serverCpu() };
    const ask = (): Promise<FullAnswer> => matcher.ask<FullAnswer>({ what: 'full', breaks: false });
    const [{ seconds }, memory] = await watchMemory(matcher.pid, ask);
    const own = minus(cpuSeconds(matcher.pid), before.own);
    const server = minus(environment.serverCpu(), before.server);
    const again = await ask();
    if (again.changed > 0) throw new Error(`${again.changed} blocks changed though nothing did`);
    const base = { subject: OURS, cpuSeconds: own, maxRssMiB: memory.maxMiB };
    return [
      { ...base, metric: FULL, unit: 's', value: seconds },
      { ...base, metric: `${FULL}, items of both sides`, unit: 'items/s', value: (2 * options.items) / seconds },
      ...(server === null ? [] : [plain(OURS, `${FULL}, CPU of PostgreSQL`, server)]),
      ...(memory.growth === null ? [] : [plain(OURS, MEMORY, memory.growth, 'x')]),
      plain(OURS, AGAIN, again.seconds),
    ];
  },
};

const withBreaks: Scenario = {
  name: 'tieout-with-breaks',
  async run(bench) {
    await forget(bench, 'comparison_block, break, outbox');
    await using matcher = await startMatcher(await bench.environment.dataset(bench.options.items), bench.options);
    const { seconds } = await matcher.ask<FullAnswer>({ what: 'full', breaks: true });
    return [plain(OURS, WITH_BREAKS, seconds), plain(OURS, `${WITH_BREAKS}, breaks`, await breaks(bench), 'breaks')];
  },
};

async function breaks({ environment, options }: Bench): Promise<number> {
  const { databaseUrl } = await environment.dataset(options.items);
  return inDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM break');
    return rows[0]?.count ?? 0;
  });
}

const join: Scenario = {
  name: 'join',
  async run({ environment, options }) {
    const dataset = await environment.dataset(options.items);
    const { seconds, both } = await countJoin(dataset);
    return [
      plain(JOIN, FULL, seconds),
      plain(`${JOIN} into a table`, FULL, await keepJoin(dataset)),
      plain(JOIN, 'pairs that it finds, of all items of a side', (100 * both) / options.items, '%'),
    ];
  },
};

const minus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);

export const full: Part = {
  name: 'full',
  about: 'all items of both sides: decided and stored, beside the bare join of the same table',
  prepare: async ({ environment, options }) => void (await environment.dataset(options.items)),
  scenarios: [join, ours, withBreaks],
};
