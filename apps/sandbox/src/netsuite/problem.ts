/** NetSuite's error answers (RFC 9457 shape with `o:errorDetails`). */
export type ErrorCode =
  | 'INVALID_CONTENT'
  | 'INVALID_HEADER'
  | 'INVALID_PARAMETER'
  | 'NONEXISTENT_FIELD'
  | 'USER_ERROR'
  | 'INVALID_LOGIN'
  | 'NONEXISTENT_ID'
  | 'INVALID_URL'
  | 'CONCURRENCY_LIMIT_EXCEEDED'
  | 'IDEMPOTENCY_ERROR'
  | 'UNEXPECTED_ERROR';

const titles: Record<number, [section: string, title: string]> = {
  400: ['15.5.1', 'Bad Request'],
  401: ['15.5.2', 'Unauthorized'],
  404: ['15.5.5', 'Not Found'],
  405: ['15.5.6', 'Method Not Allowed'],
  413: ['15.5.14', 'Content Too Large'],
  429: ['15.5', 'Too Many Requests'],
  500: ['15.6.1', 'Internal Server Error'],
  503: ['15.6.4', 'Service Unavailable'],
};

export const problemContentType = 'application/vnd.oracle.resource+json; type=error; charset=UTF-8';

export class NetSuiteProblem extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  readonly path: string | undefined;
  constructor(status: number, code: ErrorCode, detail: string, path?: string) {
    super(detail);
    this.name = 'NetSuiteProblem';
    this.status = status;
    this.code = code;
    this.path = path;
  }
}

/** A business rule said no: NetSuite files every such refusal under one code. */
export function userError(detail: string): NetSuiteProblem {
  return new NetSuiteProblem(400, 'USER_ERROR', `Error while accessing a resource. ${detail}`);
}

export function invalidContent(detail: string, path?: string): NetSuiteProblem {
  return new NetSuiteProblem(400, 'INVALID_CONTENT', detail, path);
}

export function notFound(): NetSuiteProblem {
  const detail = 'The record instance does not exist. Provide a valid record instance ID.';
  return new NetSuiteProblem(404, 'NONEXISTENT_ID', detail);
}

export function problemBody(problem: NetSuiteProblem): object {
  const [section, name] = titles[problem.status] ?? titles[500]!;
  // A key that was used is a 400 that calls itself a conflict.
  const title = problem.code === 'IDEMPOTENCY_ERROR' ? 'Conflict' : name;
  const detail = { detail: problem.message, 'o:errorCode': problem.code };
  return {
    type: `https://www.rfc-editor.org/rfc/rfc9110.html#section-${section}`,
    title,
    status: problem.status,
    'o:errorDetails': [problem.path ? { ...detail, 'o:errorPath': problem.path } : detail],
  };
}
