import { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Pool } from 'pg';
import { answerProblem } from './gate.controller.ts';
import { closeJob, openJob, readJob, type JobResult } from './job.store.ts';
import { NetSuiteProblem, notFound } from './problem.ts';

export interface JobAccount {
  readonly pool: Pool;
  readonly now: () => Date;
  readonly baseUrl: () => string;
  /** How long a job waits for its turn. */
  readonly load: { readonly jobDelayMs: number };
}

const asyncPath = '/services/rest/async/v1';

/**
 * Takes record writes that prefer to be answered later: 202 and the job's address at once, the work afterwards. Only here does
 * an idempotency key count. Everything else goes on as if this were not there.
 */
export function asynchronously(account: JobAccount, records: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    const asked = /(^|,)\s*respond-async\s*(,|$)/i.test(request.get('Prefer') ?? '');
    if (!asked || request.method === 'GET') return next();
    const key = request.get('X-NetSuite-Idempotency-Key') ?? null;
    const { id, isNew } = await openJob(account.pool, key, account.now());
    response.setHeader('Location', `${account.baseUrl()}${asyncPath}/job/${id}`);
    if (!isNew) throw new NetSuiteProblem(400, 'IDEMPOTENCY_ERROR', 'A job with this idempotency key exists already.');
    response.setHeader('Preference-Applied', 'respond-async');
    response.status(202).end();
    void runJob(account, id, request, response, records);
  };
}

async function runJob(
  { pool, load }: JobAccount,
  id: string,
  request: Request,
  response: Response,
  records: RequestHandler,
): Promise<void> {
  await sleep(load.jobDelayMs, undefined, { ref: false });
  const result = await captured(request, response, records);
  // The sandbox may have been closed meanwhile.
  await closeJob(pool, id, result).catch(() => undefined);
}

/** Runs a handler with a response that goes nowhere, and answers what would have gone out. */
function captured(request: Request, response: Response, records: RequestHandler): Promise<JobResult> {
  return new Promise((resolve) => {
    const silent = new ServerResponse(request) as Response;
    Object.setPrototypeOf(silent, Object.getPrototypeOf(response) as object);
    silent.end = ((body?: unknown): Response => {
      const [location, contentType] = [silent.getHeader('Location'), silent.getHeader('Content-Type')];
      resolve({
        status: silent.statusCode,
        location: typeof location === 'string' ? location : null,
        contentType: typeof contentType === 'string' ? contentType : null,
        body: typeof body === 'string' ? body : null,
      });
      return silent;
    }) as Response['end'];
    void records(request, silent, (error?: unknown) => answerProblem(error, request, silent, () => undefined));
  });
}

/** `/services/rest/async/v1`: a job has one task, and the task a result once it is done. */
export function jobRouter(account: JobAccount): Router {
  const router = Router();
  const link = (path: string): object => ({
    links: [{ rel: 'self', href: `${account.baseUrl()}${asyncPath}${path}` }],
  });
  router.get('/job/:job', async (request, response) => {
    const { id, result } = await jobOf(account, request);
    const progress = result === null ? 'pending' : result.status < 300 ? 'succeeded' : 'failed';
    response.json({ completed: result !== null, id, progress, task: link(`/job/${id}/task`) });
  });
  router.get('/job/:job/task', async (request, response) => {
    const { id } = await jobOf(account, request);
    response.json({ count: 1, hasMore: false, items: [{ id: '1', ...link(`/job/${id}/task/1`) }], totalResults: 1 });
  });
  router.get('/job/:job/task/:task', async (request, response) => {
    const { id, result } = await jobOf(account, request);
    const progress = result === null ? 'pending' : 'succeeded';
    response.json({ completed: result !== null, id: '1', progress, result: link(`/job/${id}/task/1/result`) });
  });
  router.get('/job/:job/task/:task/result', async (request, response) => {
    const { result } = await jobOf(account, request);
    if (result === null) throw notFound();
    if (result.location !== null) response.setHeader('Location', result.location);
    if (result.contentType !== null) response.setHeader('Content-Type', result.contentType);
    response.status(result.status).end(result.body ?? undefined);
  });
  return router;
}

async function jobOf({ pool }: JobAccount, request: Request): Promise<{ id: string; result: JobResult | null }> {
  const job = await readJob(pool, String(request.params['job']));
  const task = request.params['task'];
  if (job === null || (task !== undefined && task !== '1')) throw notFound();
  return job;
}
