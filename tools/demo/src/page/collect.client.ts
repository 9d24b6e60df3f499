import { readMonthEndReport, type MonthEndReport } from '../month-end/report-shape.ts';
import type { Discovery } from '../discovery.ts';
import { NoAnswer } from '../watch/http.client.ts';
import { openBreaks, stationsOf, systemsOf } from '../watch/reconciliation-api.client.ts';
import { readServices } from '../watch/services.client.ts';
import { readTopicSummaries } from '../watch/topics.ts';
import type { PageData, Proof } from './data.ts';

/** Of each topic; a page of counts needs no more. */
const RECORDS_READ = 100_000;

/** Reads everything that the page shows. What cannot be read is named and left out: a service may be restarting. */
export async function collect(discovery: Discovery): Promise<PageData> {
  const problems: string[] = [];
  const or = async <T>(instead: T, work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      problems.push(error.message);
      return instead;
    });
  const [services, topics, proof] = await Promise.all([
    readServices(discovery),
    or([], readTopicSummaries(discovery.brokers, RECORDS_READ)),
    or(null, readProof(discovery)),
  ]);
  const { scenario, startedAt, links } = discovery;
  const report = reportOf(discovery);
  return { readAt: new Date(), scenario, startedAt, services, topics, proof, report, links, problems };
}

/** null before the first run */
async function readProof({ services }: Discovery): Promise<Proof | null> {
  const base = services['reconciliation']?.url;
  if (base === undefined) return null;
  try {
    const [{ run, stations }, { systems, topics }, breaks] = await Promise.all([
      stationsOf(base),
      systemsOf(base),
      openBreaks(base),
    ]);
    return { run, stations, systems, topics, breaks };
  } catch (error) {
    if (error instanceof NoAnswer && error.status === 404) return null;
    throw error;
  }
}

function reportOf({ scenario, report }: Discovery): MonthEndReport | null {
  return scenario === 'month-end' && report !== null ? readMonthEndReport(report) : null;
}
