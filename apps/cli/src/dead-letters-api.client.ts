import { callGuarded, NoAnswer } from '@tieout/demo';
import { z } from 'zod';

const letterShape = z.looseObject({
  deadLetterId: z.string(),
  consumerGroup: z.string(),
  topic: z.string(),
  partition: z.number(),
  offset: z.string(),
  key: z.string().nullable(),
  status: z.string(),
  outcome: z.string().nullable(),
  marked: z.object({ redriveId: z.string(), action: z.string() }).nullable(),
  reason: z.string(),
  errorCode: z.string(),
  errorMessage: z.string(),
  attempts: z.number(),
  failedAt: z.string(),
  settledAt: z.string().nullable(),
});
export type Letter = z.infer<typeof letterShape>;

const auditShape = z.looseObject({
  at: z.string(),
  action: z.string(),
  actor: z.string(),
  reason: z.string().nullable(),
  details: z.record(z.string(), z.string()),
});
const detailShape = letterShape.extend({
  timestamp: z.string(),
  stage: z.string().nullable(),
  stack: z.string().nullable(),
  headers: z.array(z.object({ name: z.string(), text: z.string().nullable(), base64: z.string().nullable() })),
  valueBase64: z.string().nullable(),
  decoded: z.union([
    z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
    z.object({ value: z.unknown() }),
  ]),
  history: z.array(auditShape),
});
export type LetterDetail = z.infer<typeof detailShape>;

const counts = z.record(z.string(), z.number());
const redriveShape = z.looseObject({
  redriveId: z.string(),
  action: z.string(),
  state: z.enum(['running', 'stopped', 'finished']),
  actor: z.string(),
  reason: z.string().nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  endReason: z.string().nullable(),
  lastError: z.string().nullable(),
  items: counts,
  outcomes: counts,
  problems: z
    .array(z.object({ deadLetterId: z.string(), topic: z.string(), state: z.string(), result: z.string().nullable() }))
    .default([]),
});
export type Redrive = z.infer<typeof redriveShape>;

const planShape = z.looseObject({
  dryRun: z.literal(true),
  eligible: z.number(),
  ineligible: z.number(),
  why: counts,
  items: z.array(
    z.object({
      deadLetterId: z.string(),
      topic: z.string(),
      action: z.string(),
      eligible: z.boolean(),
      why: z.string().nullable(),
      behind: z.string().nullable(),
    }),
  ),
});
export type Plan = z.infer<typeof planShape>;

/** A service and the token to call it with. */
export interface Target {
  readonly service: string;
  readonly url: string;
  readonly token: string;
}

/** One page of what a service holds. @throws NoAnswer */
export async function listLetters(
  target: Target,
  query: Readonly<Record<string, string>>,
): Promise<{ deadLetters: Letter[]; nextCursor: string | null }> {
  const page = z.object({ deadLetters: z.array(letterShape), nextCursor: z.string().nullable() });
  return page.parse(await call(target, `dead-letters?${new URLSearchParams(query).toString()}`));
}

/** Null when it is none of this service. @throws NoAnswer */
export async function findLetter(target: Target, id: string): Promise<LetterDetail | null> {
  const found = await orNull(call(target, `dead-letters/${encodeURIComponent(id)}`));
  return found === null ? null : detailShape.parse(found);
}

/** What would be done. @throws NoAnswer */
export async function planOf(target: Target, path: 'redrives' | 'discard', body: object): Promise<Plan> {
  return planShape.parse(await call(target, `dead-letters/${path}`, { ...body, dryRun: true }));
}

export async function ask(target: Target, path: 'redrives' | 'discard', body: object): Promise<Redrive> {
  return redriveShape.parse(await call(target, `dead-letters/${path}`, body));
}

export async function listRedrives(target: Target, limit: number): Promise<Redrive[]> {
  const page = z.object({ redrives: z.array(redriveShape) });
  return page.parse(await call(target, `dead-letters/redrives?limit=${limit}`)).redrives;
}

/** Null when it is none of this service. @throws NoAnswer */
export async function findRedrive(target: Target, id: string): Promise<Redrive | null> {
  const found = await orNull(call(target, `dead-letters/redrives/${encodeURIComponent(id)}`));
  return found === null ? null : redriveShape.parse(found);
}

/** Null when it is none of this service. @throws NoAnswer also when it has ended */
export async function stopRedrive(target: Target, id: string, reason: string | undefined): Promise<Redrive | null> {
  const body = reason === undefined ? {} : { reason };
  const found = await orNull(call(target, `dead-letters/redrives/${encodeURIComponent(id)}/stop`, body));
  return found === null ? null : redriveShape.parse(found);
}

const call = ({ url, token }: Target, path: string, body?: object): Promise<unknown> =>
  callGuarded(`${url}/${path}`, { token, ...(body === undefined ? {} : { method: 'POST', body }) });

async function orNull(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NoAnswer && error.status === 404) return null;
    throw error;
  }
}
