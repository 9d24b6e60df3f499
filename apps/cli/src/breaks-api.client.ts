import { callGuarded, textGuarded, type GuardedCall } from '@tieout/demo';
import { z } from 'zod';

/** What the command line reads of a break; more may come. */
export const breakShape = z.object({
  breakId: z.string(),
  revision: z.string(),
  status: z.string(),
  workflow: z.string().nullable(),
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
  value: z.string().nullable(),
  groupValue: z.string().nullable(),
  groupCurrency: z.string().nullable(),
  ownerGroup: z.string().nullable(),
  assignee: z.string().nullable(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  dueAt: z.string().nullable(),
  resolution: z.string().nullable(),
  resolutionReason: z.string().nullable(),
  proposedBy: z.string().nullable(),
  approvedBy: z.string().nullable(),
  expectedOn: z.string().nullable(),
  counterpart: z.string().nullable(),
  evidence: z.record(z.string(), z.string()),
});
export type WorkedBreak = z.infer<typeof breakShape>;

const fault = z.object({ sequence: z.string(), problem: z.string() }).nullable();
const caseShape = z.object({
  break: breakShape,
  actions: z.array(
    z.object({
      action: z.string(),
      does: z.string(),
      needsReason: z.boolean(),
      resolution: z.string().nullable(),
      needs: z.array(z.string()),
      secondPerson: z.boolean(),
    }),
  ),
  comments: z.array(z.object({ at: z.string(), actor: z.string(), text: z.string() })),
  links: z.array(
    z.object({
      ...{ about: z.string(), where: z.string(), id: z.string() },
      ...{ entity: z.string().nullable(), canonicalId: z.string().nullable(), url: z.string().nullable() },
    }),
  ),
  history: z.array(
    z.object({
      ...{ at: z.string(), actor: z.string(), action: z.string(), reason: z.string().nullable() },
      details: z.record(z.string(), z.string()),
    }),
  ),
  chainFault: fault,
});
export type BreakCase = z.infer<typeof caseShape>;

const bulkShape = z.object({
  ...{ dryRun: z.boolean(), success: z.number(), ineligible: z.number(), failed: z.number() },
  items: z.array(
    z.object({
      ...{ breakId: z.string(), outcome: z.string(), reason: z.string().nullable(), workflow: z.string().nullable() },
    }),
  ),
});
export type BulkAnswer = z.infer<typeof bulkShape>;

const importShape = z.object({
  applied: z.boolean(),
  counts: z.record(z.string(), z.number()),
  rows: z.array(
    z.object({
      ...{ line: z.number(), breakId: z.string(), outcome: z.string(), reason: z.string().nullable() },
      ...{ changes: z.array(z.string()), ignored: z.array(z.string()), workflow: z.string().nullable() },
      current: z
        .object({ revision: z.string(), workflow: z.string().nullable(), assignee: z.string().nullable() })
        .nullable(),
    }),
  ),
});
export type ImportAnswer = z.infer<typeof importShape>;

const chainShape = z.object({
  breakId: z.string(),
  entries: z.number(),
  end: z.object({ sequence: z.string(), hash: z.string() }).nullable(),
  fault,
});
export type ChainAnswer = z.infer<typeof chainShape>;
const chainsShape = z.object({
  checked: z.number(),
  entries: z.number(),
  faults: z.array(chainShape),
  nextCursor: z.string().nullable(),
});

export interface Desk {
  /** Address of reconciliation. */
  readonly base: string;
  /** Null where the question is open to anybody. */
  readonly token: string | null;
}

export type Filter = Readonly<Record<string, string>>;

/** @throws NoAnswer, as all of these do */
export async function breaksPage(
  desk: Desk,
  filter: Filter,
): Promise<{ breaks: WorkedBreak[]; nextCursor: string | null }> {
  const page = z.object({ breaks: z.array(breakShape), nextCursor: z.string().nullable() });
  return page.parse(await json(desk, `breaks?${query(filter)}`));
}

/** Every break of a filter. */
export async function everyBreak(desk: Desk, filter: Filter): Promise<WorkedBreak[]> {
  const all: WorkedBreak[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await breaksPage(desk, { ...filter, limit: '500', ...(cursor !== '' && { cursor }) });
    all.push(...page.breaks);
    cursor = page.nextCursor;
  }
  return all;
}

export const breakCase = async (desk: Desk, id: string): Promise<BreakCase> =>
  caseShape.parse(await json(desk, `breaks/${encodeURIComponent(id)}/case`));

export const actOn = async (desk: Desk, id: string, action: string, body: object): Promise<BreakCase> =>
  caseShape.parse(await json(desk, `breaks/${encodeURIComponent(id)}/${action}`, body));

export const actInBulk = async (desk: Desk, body: object): Promise<BulkAnswer> =>
  bulkShape.parse(await json(desk, 'breaks/bulk', body));

export const exportSheet = (desk: Desk, filter: Filter): Promise<string> =>
  text(desk, `break-sheets/export?${query(filter)}`);

export const importSheet = async (desk: Desk, csv: string, apply: boolean): Promise<ImportAnswer> =>
  importShape.parse(await json(desk, 'break-sheets/import', { csv, apply }));

export const verifyOne = async (desk: Desk, id: string): Promise<ChainAnswer> =>
  chainShape.parse(await json(desk, `breaks/${encodeURIComponent(id)}/audit/verify`));

/** Checks all chains, page by page. */
export async function verifyAll(desk: Desk): Promise<{ checked: number; entries: number; faults: ChainAnswer[] }> {
  const total = { checked: 0, entries: 0, faults: [] as ChainAnswer[] };
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: z.infer<typeof chainsShape> = chainsShape.parse(
      await json(desk, `breaks/audit/verify?${query({ limit: '500', ...(cursor !== '' && { cursor }) })}`),
    );
    total.checked += page.checked;
    total.entries += page.entries;
    total.faults.push(...page.faults);
    cursor = page.nextCursor;
  }
  return total;
}

const query = (filter: Filter): string => new URLSearchParams(filter).toString();
/** A large sheet takes its time. */
const LIMIT_MS = 300_000;

const json = (desk: Desk, path: string, body?: object): Promise<unknown> =>
  callGuarded(`${desk.base}/${path}`, callOf(desk, body));

const text = (desk: Desk, path: string): Promise<string> => textGuarded(`${desk.base}/${path}`, callOf(desk));

const callOf = ({ token }: Desk, body?: object): GuardedCall => ({
  ...{ token, limitMs: LIMIT_MS },
  ...(body !== undefined && { method: 'POST', body }),
});
