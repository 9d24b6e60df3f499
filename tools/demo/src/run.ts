import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { minorUnits } from '@tieout/canonical';
import type { Environment } from './environment.ts';
import { asOf, differences, fileFigures, type Figure, type Station, type Stations } from './figures.ts';
import { loadCustomers, type CustomerIds } from './load-crm.ts';
import { loadDocuments, loadSubsidiaries, type ErpLoad, type LoadedDocuments } from './load-erp.ts';
import type { ReceivablesOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { MAX_BYTES, parseReceivables, UnusableFile, type ParsedReceivables, type Receivable } from './receivables.ts';
import { reconcile } from './reconciliation.client.ts';
import { incompleteBreak, reportText, stationBreaks, type Report, type ReportedBreak } from './report.ts';
import { waiting, type Scene, type Stage } from './scene.ts';
import { erpCustomers, erpFigures, planningFigures, readTopics } from './stations.client.ts';
import { until, WaitedInVain, type Check } from './wait.ts';

const OWN_DATA = path.resolve(import.meta.dirname, '../data/receivables.csv');

/** Reads the file; before anything is started, so that an unusable one costs nothing. @throws UnusableFile */
export function readReceivables({ receivables, currency }: ReceivablesOptions): ParsedReceivables {
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

/** A file of receivables, brought through every station. @throws UnusableFile */
export function receivablesScene(options: ReceivablesOptions): Scene {
  const parsed = readReceivables(options);
  return {
    title: `${parsed.rows.length} receivables, ${parsed.rejected.length} rows rejected`,
    async play(stage) {
      const report = await runPipeline({ ...stage, options }, parsed);
      return { report, text: reportText(report), agreed: report.breaks.length === 0 };
    },
  };
}

interface Run extends Stage {
  readonly options: ReceivablesOptions;
}

/**
 * Loads CRM and ERP, waits until every station says the same, and reads each of them independently. Waiting in vain does not end
 * it: what the stations say then is the report, with a break for what did not come.
 */
async function runPipeline(run: Run, parsed: ParsedReceivables): Promise<Report> {
  const { environment, options, progress } = run;
  const breaks: ReportedBreak[] = [];
  const { rows, rejected } = await loadEverything(run, asOf(parsed.rows, options.asOf), breaks);
  const expected = fileFigures(rows, options.currency);
  run.killing.killRest();

  progress.step('Waiting until NetSuite and planning say the same');
  await orBreak(stationsAgree(run, expected), breaks, progress);

  progress.step('Reconciliation: comparing what the systems hold');
  const url = (): Promise<string> => environment.supervisor.url('reconciliation');
  const proof = reconcile({
    url,
    token: environment.operatorToken,
    patienceMs: options.patienceMs,
    signal: run.signal,
    progress,
  });
  breaks.push(...((await orBreak(proof, breaks, progress)) ?? []));

  progress.step('Reading every station independently');
  const { stations, topics } = await readStations(environment, expected, breaks);
  return {
    stations,
    rejected: [...parsed.rejected, ...rejected].sort((a, b) => a.line - b.line),
    breaks: [...breaks, ...stationBreaks(differences(stations))],
    topics,
  };
}

/** @returns the rows that the vendors took, and those that they refused */
async function loadEverything(run: Run, all: readonly Receivable[], breaks: ReportedBreak[]): Promise<LoadedDocuments> {
  const { environment, options, progress, killing } = run;
  const erp = erpLoad(run);
  progress.step(`Loading customers into Salesforce; the pipeline brings them to NetSuite`);
  const books = await loadSubsidiaries(all, erp);
  const inBooks = all.filter(({ country }) => books.subsidiaries.has(country));
  const customers = await loadCustomers(inBooks, {
    client: environment.salesforce,
    instance: 'main',
    currency: options.currency,
    onLoaded: async (loaded, share) => {
      if (!killing.isDue('crm-ingest', share)) return;
      await orBreak(customersArrived(run, loaded), breaks, progress); // It is at work: what comes next meets a service that is killed.
      killing.kill('crm-ingest');
    },
  });
  const arrived = (await orBreak(customersArrived(run, customers.ids), breaks, progress)) !== undefined;
  const there = arrived ? null : await erpCustomers(environment.netsuite);
  const rows = inBooks.filter(({ customer }) => customers.ids.has(customer));
  const isThere = ({ customer }: Receivable): boolean => there?.has(customers.ids.get(customer)!) ?? true;

  progress.step('Loading invoices and payments into NetSuite');
  const documents = await loadDocuments(rows.filter(isThere), books, customers.ids, erp);
  // A customer that did not come is the pipeline's fault and no refusal: its rows stay expected.
  const missing = rows.filter((row) => !isThere(row));
  return {
    rows: [...documents.rows, ...missing],
    rejected: [...books.rejected, ...customers.rejected, ...documents.rejected],
  };
}

/** A break in place of the result when it was waited for in vain. */
async function orBreak<T>(work: Promise<T>, breaks: ReportedBreak[], progress: Progress): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof WaitedInVain)) throw error;
    progress.note(error.message);
    breaks.push(incompleteBreak(error.what, error.missing));
    return undefined;
  }
}

async function readStations(
  { netsuite, anaplan, kafka, codec }: Environment,
  file: readonly Figure[],
  breaks: ReportedBreak[],
): Promise<{ stations: Stations; topics: Readonly<Record<string, number>> }> {
  const reading = async <T>(station: Station, work: Promise<T>, instead: T): Promise<T> =>
    work.catch((error: unknown) => {
      breaks.push(incompleteBreak(`reading ${station}`, (error as Error).message));
      return instead;
    });
  const [erp, planning, topics] = await Promise.all([
    reading('erp', erpFigures(netsuite), []),
    reading('planning', planningFigures(anaplan), []),
    reading('topic', readTopics(kafka, codec), { figures: [], counts: {} }),
  ]);
  return { stations: { file, erp, topic: topics.figures, planning }, topics: topics.counts };
}

function erpLoad({ environment, options, progress, signal, killing }: Run): ErpLoad {
  return {
    client: environment.netsuite,
    currency: options.currency,
    decimals: minorUnits(options.currency),
    signal,
    onLoaded: (done, total) => {
      progress.state(`${done} of ${total} documents`);
      killing.killDue(['erp-adapter', 'planning-publisher', 'reconciliation'], done / total);
    },
  };
}

async function customersArrived(run: Run, customers: CustomerIds): Promise<null> {
  return until(
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
