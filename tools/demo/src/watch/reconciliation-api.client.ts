import { z } from 'zod';
import { getJson } from './http.client.ts';

const breakShape = z.object({
  breakId: z.string(),
  status: z.enum(['OPEN', 'CLOSED']),
  severity: z.string(),
  check: z.string(),
  kind: z.string(),
  objectType: z.string(),
  object: z.string(),
  legalEntityId: z.string().nullable(),
  customerId: z.string().nullable(),
  currency: z.string().nullable(),
  expected: z.string().nullable(),
  actual: z.string().nullable(),
  difference: z.string().nullable(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  firstSeenRunId: z.string(),
  lastSeenRunId: z.string(),
  evidence: z.record(z.string(), z.string().nullable()),
});
export type BreakView = z.infer<typeof breakShape>;

const runShape = z.object({
  runId: z.string(),
  status: z.string(),
  trigger: z.string(),
  asOf: z.string().nullable(),
  sides: z.array(z.string()),
  followedBy: z.string().nullable(),
  reasons: z.array(z.string()),
  checks: z.array(z.string()),
  breaks: z.number(),
  timing: z.number(),
  requestedAt: z.string(),
  endedAt: z.string().nullable(),
});
export type RunView = z.infer<typeof runShape>;

const cellShape = z.object({
  legalEntity: z.string(),
  month: z.string(),
  currency: z.string(),
  invoices: z.coerce.string(),
  invoiced: z.string(),
  paid: z.string(),
  open: z.string(),
});
export type StationCell = z.infer<typeof cellShape>;
const stationsShape = z.object({ run: runShape, stations: z.record(z.string(), z.array(cellShape)) });

const sumShape = z.object({ name: z.string(), currency: z.string().nullable(), amount: z.string() });
const systemsShape = z.object({
  run: runShape,
  systems: z.array(
    z.object({
      object: z.string(),
      system: z.string(),
      count: z.number().nullable(),
      complete: z.boolean(),
      error: z.string().nullable(),
      takenAt: z.string().nullable(),
      sums: z.array(sumShape),
    }),
  ),
  topics: z.array(z.object({ topic: z.string(), keys: z.number(), sums: z.array(sumShape) })),
});
export type SystemsView = z.infer<typeof systemsShape>;

export interface BreakFilter {
  readonly status?: 'open' | 'closed';
  readonly check?: string;
  readonly kind?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** One page, newest first. @throws NoAnswer */
export async function listBreaks(
  base: string,
  filter: BreakFilter,
): Promise<{ breaks: BreakView[]; nextCursor: string | null }> {
  const page = z.object({ breaks: z.array(breakShape), nextCursor: z.string().nullable() });
  const query = new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
  );
  return page.parse(await getJson(`${base}/breaks?${query.toString()}`));
}

/** Every open break. @throws NoAnswer */
export async function openBreaks(base: string): Promise<BreakView[]> {
  const all: BreakView[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await listBreaks(base, { status: 'open', limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.breaks);
    cursor = page.nextCursor;
  }
  return all;
}

export async function oneBreak(base: string, id: string): Promise<BreakView> {
  return breakShape.parse(await getJson(`${base}/breaks/${encodeURIComponent(id)}`));
}

export async function listRuns(base: string, limit: number): Promise<RunView[]> {
  return z.object({ runs: z.array(runShape) }).parse(await getJson(`${base}/runs?limit=${limit}`)).runs;
}

/** Figures per station of the latest run that made checks. @throws NoAnswer with status 404 before there is one */
export async function stationsOf(base: string): Promise<z.infer<typeof stationsShape>> {
  return stationsShape.parse(await getJson(`${base}/stations`));
}

/** What each system said that it holds, beside what the topics hold, of the same run. @throws NoAnswer */
export async function systemsOf(base: string): Promise<SystemsView> {
  return systemsShape.parse(await getJson(`${base}/systems`));
}
