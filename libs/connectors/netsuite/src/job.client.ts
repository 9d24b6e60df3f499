import { setTimeout as sleep } from 'node:timers/promises';
import { DataError, outcomeUnknown, TransientError } from '@tieout/messaging';
import { z } from 'zod';
import type { Answer, Request, Send } from './http.client.ts';

/** Milliseconds between looks at a job, and how long it is looked at before its outcome is called unknown. */
export interface JobPatience {
  readonly pollMs: number;
  readonly timeoutMs: number;
}

const patient: JobPatience = { pollMs: 500, timeoutMs: 120_000 };
const jobShape = z.object({
  completed: z.boolean(),
  task: z.object({ links: z.array(z.object({ href: z.string() })) }),
});
const tasksShape = z.object({ items: z.array(z.object({ links: z.array(z.object({ href: z.string() })) })).min(1) });
const taskShape = z.object({ result: z.object({ links: z.array(z.object({ href: z.string() })).min(1) }) });

/**
 * Has a write done as a job under a key of ours: however often it is asked for, it is done once, and each asking gets the first
 * job's result. (NetSuite heeds the key in no other way: on a synchronous call it is ignored.)
 * @throws TransientError outcome-unknown when the job does not end in time: asking again finds it
 */
export async function runOnce(send: Send, request: Request, key: string, patience = patient): Promise<Answer> {
  const job = await submit(send, request, key);
  const deadline = performance.now() + patience.timeoutMs;
  for (;;) {
    const state = await look(send, request, job, jobShape);
    if (state.completed) return resultOf(send, request, state.task.links[0]!.href);
    if (performance.now() > deadline) throw outcomeUnknown(`NetSuite ${request.name}: job ${job} has not ended`);
    await sleep(patience.pollMs, undefined, request.signal && { signal: request.signal });
  }
}

/** Address of the job that does it: a new one, or the first one under this key. */
async function submit(send: Send, request: Request, key: string): Promise<string> {
  const headers = { ...request.headers, Prefer: 'respond-async', 'X-NetSuite-Idempotency-Key': key };
  const { status, location } = await send({ ...request, headers, expects: 'IDEMPOTENCY_ERROR' });
  const path = /\/async\/v1\/job\/\d+$/.exec(location ?? '')?.[0];
  // Done at once, and then the key did not count.
  if (path === undefined) throw outcomeUnknown(`NetSuite ${request.name}: HTTP ${status} without a job`);
  return path;
}

async function resultOf(send: Send, request: Request, tasks: string): Promise<Answer> {
  const task = (await look(send, request, pathOf(tasks), tasksShape)).items[0]!.links[0]!.href;
  const result = (await look(send, request, pathOf(task), taskShape)).result.links[0]!.href;
  // A refusal of the job is the refusal of the write.
  return send({ ...get(request), path: pathOf(result) });
}

async function look<T>(send: Send, request: Request, path: string, shape: z.ZodType<T>): Promise<T> {
  const { json } = await send({ ...get(request), path });
  if (json === null)
    throw new TransientError('netsuite-answer-unreadable', `NetSuite ${request.name}: no JSON of a job`);
  const answer = shape.safeParse(json);
  if (answer.success) return answer.data;
  throw new DataError('netsuite-answer', `NetSuite ${request.name}: ${z.prettifyError(answer.error).slice(0, 300)}`);
}

function get({ name, signal }: Request): Omit<Request, 'path'> {
  return { name, method: 'GET', use: 'process', signal };
}

/** Links are absolute; calls go to the configured address. */
function pathOf(href: string): string {
  return /\/services\/rest(\/.*)$/.exec(href)?.[1] ?? href;
}
