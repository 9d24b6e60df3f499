import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { minorUnits } from '@tieout/canonical';
import type { Environment } from './environment.ts';
import { asOf, differences, fileFigures, type Figure, type Stations } from './figures.ts';
import { loadCustomers, type CustomerIds } from './load-crm.ts';
import { loadDocuments, loadSubsidiaries, type ErpLoad } from './load-erp.ts';
import type { DemoOptions, Service } from './options.ts';
import type { Progress } from './progress.ts';
import { MAX_BYTES, parseReceivables, UnusableFile, type ParsedReceivables } from './receivables.ts';
import { reconcile } from './reconciliation.client.ts';
import { stationBreaks, type Report } from './report.ts';
import { erpCustomers, erpFigures, planningFigures, readTopics } from './stations.client.ts';
import { until, type Check } from './wait.ts';

const OWN_DATA = path.resolve(import.meta.dirname, '../data/receivables.csv');

/** Reads the file; before anything is started, so that an unusable one costs nothing. @throws UnusableFile */
export function readReceivables({ receivables, currency }: DemoOptions): ParsedReceivables {
  // npm runs scripts in the package's folder; the name was typed in another one.
  const file = receivables === null ? OWN_DATA : path.resolve(process.env['INIT_CWD'] ?? '.', receivables);
  try {
    if (statSync(file).size > MAX_BYTES)
      throw new UnusableFile(`${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return parseReceivables(readFileSync(file, 'utf8'), currency);
  } catch (error) {
    if (error instanceof UnusableFile) throw new UnusableFile(`${file}: ${error.message}`);
    throw new UnusableFile(`${file} cannot be read: ${(error as Error).message}`);
  }
}

export interface Run {
  readonly environment: Environment;
  readonly options: DemoOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Loads CRM and ERP, waits until every station says the same, and reads each of them independently. */
export async function runPipeline(run: Run, parsed: ParsedReceivables): Promise<Report> {
  const { environment, options, progress } = run;
  const rows = asOf(parsed.rows, options.asOf);
  const expected = fileFigures(rows, options.currency);
  const killing = killer(run);
  const erp = erpLoad(run, killing);

  progress.step(`Loading customers into Salesforce; the pipeline brings them to NetSuite`);
  const books = await loadSubsidiaries(rows, erp);
  const customers = await loadCustomers(rows, {
    client: environment.salesforce,
    instance: 'main',
    currency: options.currency,
    onLoaded: async (loaded, share) => {
      if (!killing.isDue('crm-ingest', share)) return;
      await customersArrived(run, loaded); // It is at work: what comes next meets a service that is killed.
      killing.kill('crm-ingest');
    },
  });
  await customersArrived(run, customers);

  progress.step('Loading invoices and payments into NetSuite');
  await loadDocuments(rows, books, customers, erp);

  progress.step('Waiting until NetSuite and planning say the same');
  await stationsAgree(run, expected);

  progress.step('Reconciliation: comparing what the systems hold');
  const url = (): Promise<string> => environment.supervisor.url('reconciliation');
  const breaks = await reconcile({ url, patienceMs: options.patienceMs, signal: run.signal, progress });

  progress.step('Reading every station independently');
  const [erpSays, planning, topics] = await Promise.all([
    erpFigures(environment.netsuite),
    planningFigures(environment.anaplan),
    readTopics(environment.kafka, environment.codec),
  ]);
  const stations: Stations = { file: expected, erp: erpSays, topic: topics.figures, planning };
  return {
    stations,
    rejected: parsed.rejected,
    breaks: [...breaks, ...stationBreaks(differences(stations))],
    topics: topics.counts,
  };
}

function erpLoad({ environment, options, progress, signal }: Run, killing: Killing): ErpLoad {
  return {
    client: environment.netsuite,
    currency: options.currency,
    decimals: minorUnits(options.currency),
    signal,
    onLoaded: (done, total) => {
      progress.state(`${done} of ${total} documents`);
      for (const service of ['erp-adapter', 'planning-publisher', 'reconciliation'] as const)
        if (killing.isDue(service, done / total)) killing.kill(service);
    },
  };
}

interface Killing {
  isDue(service: Service, share: number): boolean;
  kill(service: Service): void;
}

/** Kills each of the services asked for once, when this share of its data is loaded. */
const KILL_AT = 0.4;

function killer({ environment, options, progress }: Run): Killing {
  const due = new Set(options.kill);
  return {
    isDue: (service, share) => due.has(service) && share >= KILL_AT,
    kill(service) {
      due.delete(service);
      progress.note(`killing ${service}, pid ${String(environment.supervisor.pids()[service])} (SIGKILL)`);
      environment.supervisor.kill(service);
    },
  };
}

function waiting({ options, progress, signal }: Run, what: string): Parameters<typeof until>[1] {
  return {
    what,
    patienceMs: options.patienceMs,
    signal,
    intervalMs: 500,
    onState: (missing) => progress.state(missing),
  };
}

async function customersArrived(run: Run, customers: CustomerIds): Promise<void> {
  await until(
    async (): Promise<Check<null>> => {
      const there = await erpCustomers(run.environment.netsuite);
      const missing = [...customers].filter(([, id]) => !there.has(id)).map(([number]) => number);
      if (missing.length === 0) return { done: true, value: null };
      const some = missing.slice(0, 3).join(', ');
      return {
        done: false,
        missing: `${customers.size - missing.length} of ${customers.size} customers in NetSuite, missing ${some}`,
      };
    },
    waiting(run, 'customers from Salesforce to NetSuite'),
  );
}

async function stationsAgree(run: Run, expected: readonly Figure[]): Promise<void> {
  const { netsuite, anaplan } = run.environment;
  await until(
    async (): Promise<Check<null>> => {
      const [erp, planning] = await Promise.all([erpFigures(netsuite), planningFigures(anaplan)]);
      const open = differences({ file: expected, erp, topic: expected, planning });
      if (open.length === 0) return { done: true, value: null };
      const { country, month, measure, values } = open[0]!;
      const example = `${country} ${month} ${measure}: file ${values.file}, NetSuite ${values.erp}, planning ${values.planning}`;
      return { done: false, missing: `${open.length} figures differ, e.g. ${example}` };
    },
    waiting(run, 'NetSuite to planning'),
  );
}
