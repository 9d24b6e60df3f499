import { randomBytes } from 'node:crypto';
import { parseBatch, type PartRequest } from './batch-parse.ts';
import { writeBatch, type AnsweredPart, type PartAnswer } from './batch-write.ts';
import { errorBody } from './error-body.ts';
import { asksForJson, versionHeader, type Environment, type ODataAnswer, type ODataRequest } from './exchange.ts';
import { asSapError, malformed, methodNotAllowed, tooMuch } from './refusals.ts';

/** How a batch's requests are answered. */
export interface BatchExecution {
  /** Requests of a batch, and of a change set. */
  readonly limit: number;
  /** Answers a GET. */
  read(request: ODataRequest): Promise<ODataAnswer>;
  /** Commits what `work` writes with it, or nothing. */
  inUnit<T>(work: (write: (request: ODataRequest) => Promise<ODataAnswer>) => Promise<T>): Promise<T>;
}

/** Answers `$batch`: 202 whatever becomes of its parts. @throws SapError 400 for one that cannot be read, 413 */
export async function answerBatch(
  env: Environment,
  call: ODataRequest,
  execution: BatchExecution,
): Promise<ODataAnswer> {
  if (call.method !== 'POST') throw methodNotAllowed(call.method, '$batch');
  const parts = parseBatch(call.headers['content-type'] ?? '', call.body);
  const count = parts.reduce((sum, part) => sum + (part.kind === 'request' ? 1 : part.requests.length), 0);
  if (count > execution.limit)
    throw tooMuch(
      `The batch has ${count} requests, at most ${execution.limit} are allowed`,
      `Der Batch hat ${count} Anfragen, höchstens ${execution.limit} sind erlaubt`,
    );
  const answers: AnsweredPart[] = [];
  for (const part of parts) {
    answers.push(
      part.kind === 'request'
        ? await answerSingle(env, part.request, execution)
        : await answerChangeSet(env, part.requests, execution),
    );
  }
  const { boundary, body } = writeBatch(answers, () => `batch_${randomBytes(12).toString('hex')}`);
  const headers = { ...versionHeader, 'content-type': `multipart/mixed; boundary=${boundary}` };
  return { status: 202, headers, body };
}

async function answerSingle(env: Environment, part: PartRequest, { read }: BatchExecution): Promise<PartAnswer> {
  const request = requestOf(env, part, new Map());
  try {
    if (part.method !== 'GET')
      throw malformed('A change must be in a change set', 'Eine Änderung muss in einem Changeset stehen');
    return { ...(await read(request)), contentId: part.contentId };
  } catch (error) {
    return failed(env, request, error, part.contentId);
  }
}

/** All of a change set or nothing; the first failure answers for all of it. */
async function answerChangeSet(
  env: Environment,
  parts: readonly PartRequest[],
  { inUnit }: BatchExecution,
): Promise<AnsweredPart> {
  const created = new Map<string, string>();
  let current = parts[0] ?? null;
  try {
    return await inUnit(async (write) => {
      const answers: PartAnswer[] = [];
      for (const part of parts) {
        current = part;
        if (part.method === 'GET') throw malformed('A change set holds no GET', 'Ein Changeset enthält kein GET');
        const answer = await write(requestOf(env, part, created));
        if (part.contentId !== null && answer.headers['location'] !== undefined)
          created.set(part.contentId, answer.headers['location']);
        answers.push({ ...answer, contentId: part.contentId });
      }
      return answers;
    });
  } catch (error) {
    const request = current ? requestOf(env, current, created) : null;
    return failed(env, request, error, current?.contentId ?? null);
  }
}

/** A part as a request to the service; `$1` at its beginning is what the request with that Content-ID created. */
function requestOf(env: Environment, part: PartRequest, created: ReadonlyMap<string, string>): ODataRequest {
  const { method, headers, body } = part;
  const target = part.target.replace(/^\/?\$([^/?]+)/, (text, id: string) => created.get(id) ?? text);
  const mark = target.includes('?') ? target.indexOf('?') : target.length;
  const path = belowService(env, target.slice(0, mark));
  return { method, path, search: new URLSearchParams(target.slice(mark + 1)), headers, body };
}

function belowService({ root }: Environment, path: string): string {
  const local = path.replace(/^https?:\/\/[^/]+/i, '');
  const base = new URL(root).pathname;
  return (local.startsWith(`${base}/`) ? local.slice(base.length) : local).replace(/^\/+|\/+$/g, '');
}

function failed(
  { service, language, now }: Environment,
  request: ODataRequest | null,
  error: unknown,
  contentId: string | null,
): PartAnswer {
  const sapError = asSapError(error);
  const json = request !== null && asksForJson(request);
  const { contentType, body } = errorBody(sapError, { service: service.name, language, now, json });
  return { status: sapError.status, headers: { ...versionHeader, 'content-type': contentType }, body, contentId };
}
