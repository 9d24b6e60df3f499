import { derivedId } from '@tieout/canonical';
import { toHeaders, type EventMeta } from '@tieout/messaging';
import { postgresUrl } from '@tieout/stack';
import { eventually, runTs, startCuttingProxy, type CuttingProxy, type TsProcess } from '@tieout/testing/programs';
import pg from 'pg';
import { generate, lastRevisions, valueOf, type TrueEvent } from './generator/generate.ts';
import { unique, type Lab } from './lab.ts';
import { isDone, observe, sample } from './oracle/observe.ts';
import { neverAhead, type Observed, type Sample } from './oracle/checks.ts';
import { expect, type ModelRules } from './oracle/model.ts';
import { judgeAll } from './oracle/verdict.ts';
import type { NewRecord, SeenRecord } from './outsider/outsider.ts';
import { createSubjectSchema } from './subject/database.ts';
import { OUTPUT, type Input, type SubjectArguments } from './subject/options.ts';

export interface RigOptions {
  readonly input?: Input;
  readonly partitions?: number;
  readonly seed: number;
  /** Subjects go through a cutting proxy. */
  readonly proxied?: boolean;
}

export interface LoadOptions {
  /** How many keys they are spread over, default 40. */
  readonly keys?: number;
  readonly hotPercent?: number;
  /** Default: as fast as the brokers take them. */
  readonly perSecond?: number;
}

/** One service of its own on a lab: topics, schema, proxy, the truth that was handed over, and what the outside reader sees. */
export interface Rig {
  readonly service: string;
  /** After the contract's name, in the name of every topic. */
  readonly suffix: string;
  readonly input: string;
  readonly output: string;
  readonly markTopic: string;
  readonly schema: string;
  readonly databaseUrl: string;
  readonly proxy: CuttingProxy;
  readonly pg: pg.Pool;
  readonly truth: readonly TrueEvent[];
  readonly inputSeen: readonly SeenRecord[];
  readonly outputSeen: readonly SeenRecord[];
  /** Events that go on where the last load ended; hands them over and resolves when the brokers have them. */
  load(events: number, options?: LoadOptions): Promise<readonly TrueEvent[]>;
  /** Goes on loading, a second's worth at a time, until this has happened: a cut needs a request to strike at. */
  loadUntil(happened: Promise<unknown>, options?: LoadOptions): Promise<void>;
  /** Hands over any record; events given with it join the truth. */
  send(records: readonly NewRecord[], events?: readonly TrueEvent[]): Promise<void>;
  recordOf(event: TrueEvent): NewRecord;
  /** Starts a replica and waits until it says that it runs; one with a fail point is only started. */
  start(overrides?: Partial<SubjectArguments>): Promise<TsProcess>;
  /** The counts and the effects, in one snapshot, every so often until the rig is judged. */
  watch(): void;
  /** Waits until every record of the input is behind the positions and every effect is published. */
  settled(rules?: Partial<ModelRules>, timeoutMs?: number): Promise<void>;
  /** As `settled`, when this one problem is part of the scenario. */
  settledBut(expectedProblem: RegExp): Promise<void>;
  /** Everything that the oracle judges, as it stands now. */
  observe(): Promise<Observed>;
  /** What speaks against the promises; empty when all hold. */
  judge(rules?: Partial<ModelRules>): Promise<string[]>;
  /** What each replica said of itself last. */
  statuses(): readonly string[];
  close(): Promise<void>;
}

const SAMPLE_MS = 250;
const DEFAULT_KEYS = 40;
const UNTIL_PER_SECOND = 200;

export async function openRig(lab: Lab, options: RigOptions): Promise<Rig> {
  const { input: contract = 'finance.invoice.v1', partitions = 3, seed } = options;
  // Replicas only where brokers die: they cost time and change nothing else.
  const replicas = lab.brokers.length > 2 ? 3 : 1;
  const run = unique();
  const names = { service: `faults-${run}`, suffix: `.${run}`, schema: `faults_${run}` };
  const topics = { input: contract + names.suffix, output: OUTPUT + names.suffix };
  const markTopic = `tieout.${names.service}.outbox-mark.v1`;
  await Promise.all([
    lab.createTopic(topics.input, { partitions, replicas }),
    lab.createTopic(topics.output, { partitions, replicas }),
    lab.createTopic(`finance.dead-letter.v1${names.suffix}`),
    lab.createTopic(`finance.audit.v1${names.suffix}`),
    lab.createTopic(markTopic, { config: { 'cleanup.policy': 'compact' } }),
  ]);
  const databaseUrl = postgresUrl(lab.stack.postgres);
  await createSubjectSchema({ ...names, databaseUrl });
  const pool = new pg.Pool({ connectionString: databaseUrl, options: `-c search_path=${names.schema}`, max: 3 });
  pool.on('error', () => undefined);
  const proxy = await startCuttingProxy();
  return assemble(lab, { ...options, contract, seed, names, topics, markTopic, databaseUrl, pool, proxy });
}

interface Parts extends RigOptions {
  readonly contract: Input;
  readonly names: { readonly service: string; readonly suffix: string; readonly schema: string };
  readonly topics: { readonly input: string; readonly output: string };
  readonly markTopic: string;
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly proxy: CuttingProxy;
}

function assemble(lab: Lab, parts: Parts): Rig {
  const { contract, names, topics, databaseUrl, pool, proxy, seed } = parts;
  const truth: TrueEvent[] = [];
  const samples: Sample[] = [];
  const children: TsProcess[] = [];
  const inputSeen = lab.outsider.read(topics.input);
  const outputSeen = lab.outsider.read(topics.output);
  let watching: NodeJS.Timeout | null = null;
  let closed = false;
  const rulesOf = (rules: Partial<ModelRules> = {}): ModelRules => ({
    kind: contract === 'finance.invoice.v1' ? 'state' : 'fact',
    ...rules,
  });
  const look = () => observe({ lab, pool, ...names, ...topics, truth, inputSeen, outputSeen });

  const problemsOf = async (rules: Partial<ModelRules> | undefined, expected: RegExp | null): Promise<string[]> => {
    const observed = await look();
    const problems = judgeAll(expect(observed.log, rulesOf(rules)), observed, truth);
    return problems.filter((problem) => expected?.test(problem) !== true);
  };
  const settle = async (
    rules: Partial<ModelRules> = {},
    timeoutMs = 60_000,
    expected: RegExp | null,
  ): Promise<void> => {
    // The cheap question first: the oracle decodes everything.
    const settled = async (): Promise<boolean> =>
      (await isDone(pool, inputSeen.length)) && (await problemsOf(rules, expected)).length === 0;
    const describe = async (): Promise<string> => (await problemsOf(rules, expected)).join('; ');
    await eventually(settled, { timeoutMs, intervalMs: 250, describe });
  };

  const rig: Rig = {
    ...names,
    ...topics,
    ...{ markTopic: parts.markTopic, databaseUrl, proxy, pg: pool, truth, inputSeen, outputSeen },
    async load(events, { keys = DEFAULT_KEYS, hotPercent = 0, perSecond } = {}) {
      const fresh = generate({ seed, input: contract, events, keys, hotPercent, after: lastRevisions(truth) });
      truth.push(...fresh);
      await paced(fresh.map(rig.recordOf), perSecond, (part) => lab.outsider.push(topics.input, part));
      await lab.outsider.send(topics.input, []);
      return fresh;
    },
    async loadUntil(happened, options = {}) {
      let waiting = true;
      const end = happened.finally(() => (waiting = false));
      end.catch(() => undefined);
      while (waiting && !closed)
        await rig.load(options.perSecond ?? UNTIL_PER_SECOND, { perSecond: UNTIL_PER_SECOND, ...options });
      await end;
    },
    async send(records, events = []) {
      truth.push(...events);
      await lab.outsider.send(topics.input, records);
    },
    recordOf: (event) => recordOf(lab, contract, event),
    observe: look,
    async start(overrides = {}) {
      const argument: SubjectArguments = {
        ...{ ...names, brokers: [...lab.brokers], databaseUrl, bundle: lab.bundleFile, input: contract },
        registryUrl: lab.stack.registryUrl,
        proxyPort: parts.proxied === true ? proxy.port : null,
        ...overrides,
      };
      // A scenario that has failed in one place may still be at it in another.
      if (closed) throw new Error('the rig is closed');
      const child = runTs(new URL('./subject/main.ts', import.meta.url), { args: [JSON.stringify(argument)] });
      children.push(child);
      // One with a fail point may be gone, or frozen, before it can say so.
      if (!argument.failPoint) await child.line(/^READY$/, 60_000);
      return child;
    },
    watch() {
      watching ??= setInterval(() => void sample(pool).then((one) => one && samples.push(one)), SAMPLE_MS);
    },
    settled: (rules, timeoutMs) => settle(rules, timeoutMs, null),
    settledBut: (expectedProblem) => settle({}, undefined, expectedProblem),
    async judge(rules) {
      const problems = await problemsOf(rules, null);
      return watching === null ? problems : [...problems, ...neverAhead(samples)];
    },
    statuses: () =>
      children.flatMap((child) => {
        const last = child.lines.findLast((line) => line.startsWith('STATUS '));
        return last === undefined ? [] : [`replica ${child.pid}: ${last.slice('STATUS '.length)}`];
      }),
    async close() {
      closed = true;
      if (watching) clearInterval(watching);
      await Promise.all(children.map((child) => child.kill()));
      for (const topic of Object.values(topics)) lab.outsider.stop(topic);
      await proxy.close();
      await pool.end();
    },
  };
  return rig;
}

/** The headers' side of an event. */
export function metaOf(contract: string, event: TrueEvent): EventMeta {
  return {
    ...{ id: event.eventId, source: '/tieout/faults', type: contract, time: '2026-03-02T10:00:00.000Z' },
    ...{ correlationId: derivedId('faults', event.key, 0), causationId: null, traceparent: null },
  };
}

function recordOf(lab: Lab, contract: Input, event: TrueEvent): NewRecord {
  const meta = metaOf(contract, event);
  const value = lab.codec.encode(contract, valueOf(contract, event));
  return { key: event.key, value, headers: Object.entries(toHeaders(meta, event.key)) };
}

/** Whole, or in parts at about this rate, whatever the brokers do meanwhile. */
async function paced<T>(
  items: readonly T[],
  perSecond: number | undefined,
  push: (part: readonly T[]) => void,
): Promise<void> {
  if (perSecond === undefined) return push(items);
  const size = Math.max(1, Math.round(perSecond / 20));
  const begun = performance.now();
  for (let from = 0; from < items.length; from += size) {
    const due = begun + (from / perSecond) * 1_000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    push(items.slice(from, from + size));
  }
}
