import { readdirSync } from 'node:fs';
import { postgresUrl } from '@tieout/stack';
import { createRandom } from '@tieout/testing/programs';
import pg from 'pg';
import { openLab, type Lab } from './lab.ts';
import { openRig, type Rig } from './rig.ts';
import type { Versions } from './report.ts';
import type { Context, Scenario } from './scenario.ts';

export interface Result {
  readonly id: string;
  readonly title: string;
  readonly promises: readonly string[];
  readonly seeds: readonly number[];
  readonly result: 'held' | 'broken';
  readonly note: string;
  readonly seconds: number;
  /** A broken promise that nobody has announced. */
  readonly failed: boolean;
}

/** One stack with two brokers serves every scenario that does not kill one: leaders can move, and starting takes seconds. */
const SHARED_BROKERS = 2;
/** Longer than any scenario takes: what waits for ever is broken, too. */
const LIMIT_MS = 480_000;
const NOTE_LENGTH = 500;

export interface RunOptions {
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly progress: (message: string) => void;
}

/** Runs scenarios one after the other, those on the shared stack first; never throws for what one of them found. */
export async function runScenarios({
  scenarios,
  seed,
  progress,
}: RunOptions): Promise<{ readonly results: Result[]; readonly versions: Pick<Versions, 'kafka' | 'postgres'> }> {
  const results: Result[] = [];
  let versions = { kafka: '', postgres: '' };
  for (const brokers of new Set(scenarios.map(brokersOf))) {
    const lab = await openLab(brokers, progress);
    try {
      versions = await versionsOf(lab);
      for (const scenario of scenarios.filter((one) => brokersOf(one) === brokers)) {
        progress(`${scenario.id}: ${scenario.title}`);
        const result = await runOne(lab, scenario, { seed, progress });
        progress(
          `${scenario.id}: ${result.result} after ${result.seconds.toFixed(1)} s${result.note && `: ${result.note}`}`,
        );
        results.push(result);
      }
    } finally {
      await lab.close();
    }
  }
  return { results: results.toSorted((a, b) => (a.id < b.id ? -1 : 1)), versions };
}

async function versionsOf({ stack }: Lab): Promise<Pick<Versions, 'kafka' | 'postgres'>> {
  const client = new pg.Client(postgresUrl(stack.postgres));
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  const jar = readdirSync(stack.kafkaJars).find((name) => /^kafka-clients-[\d.]+\.jar$/.test(name)) ?? '';
  return { kafka: jar.replace(/^kafka-clients-|\.jar$/g, ''), postgres: rows[0]?.server_version ?? '' };
}

const brokersOf = ({ brokers = SHARED_BROKERS }: Scenario): number => brokers;

async function runOne(
  lab: Lab,
  scenario: Scenario,
  { seed, progress }: Pick<RunOptions, 'seed' | 'progress'>,
): Promise<Result> {
  const { id, title, promises } = scenario;
  const notes: string[] = [];
  const rigs: Rig[] = [];
  const begun = performance.now();
  const work = scenario.run(contextOf(lab, scenario, seed, rigs, notes));
  const problem = await limited(work, LIMIT_MS).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  if (problem) for (const rig of rigs) rig.statuses().forEach(progress);
  for (const rig of rigs) await rig.close();
  const seconds = (performance.now() - begun) / 1_000;
  const note = [problem && shown(problem), ...notes, scenario.broken].filter((text) => text != null).join('. ');
  const result = problem === null && scenario.broken === undefined ? 'held' : 'broken';
  return { id, title, promises, seeds: [seed], result, note, seconds, failed: problem !== null && !scenario.broken };
}

/** Enough to know what went wrong; where this checkout lies is nobody's business. */
function shown({ message }: Error): string {
  const [first = ''] = message.replaceAll(`${process.cwd()}/`, '').split('\n');
  return first.slice(0, NOTE_LENGTH);
}

/** @throws when the work takes longer; it is left behind, and its rigs are closed under it */
async function limited(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${limitMs / 1_000} s`)), limitMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function contextOf(lab: Lab, { id }: Scenario, seed: number, rigs: Rig[], notes: string[]): Context {
  return {
    lab,
    seed,
    pick: (name, low, high) => createRandom(seed, `${id} ${name}`).int(low, high),
    async rig(options = {}) {
      const rig = await openRig(lab, { ...options, seed });
      rigs.push(rig);
      return rig;
    },
    note: (text) => void notes.push(text),
  };
}
