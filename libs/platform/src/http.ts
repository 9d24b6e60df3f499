import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { Histogram } from 'prom-client';
import type { z } from 'zod';
import { acceptCorrelation, currentCorrelation, withCorrelation } from './correlation.ts';
import type { Logger } from './logging.ts';
import { httpDuration } from './metrics.ts';
import type { Metrics } from './metrics.ts';

const CORRELATION_HEADER = 'X-Correlation-ID';
const ACTIONS: Readonly<Record<number, string>> = {
  400: 'Correct the request as the message says and send it again.',
  401: 'Send a valid bearer token.',
  403: 'Ask for a role that allows this.',
  404: 'Check the path and the id.',
  405: 'Use another method.',
  409: 'Read the current state and decide again.',
  413: 'Send a smaller body.',
  415: 'Send application/json.',
  422: 'Correct the values that the message names.',
  429: 'Wait for the time in Retry-After.',
  503: 'Try again in a moment.',
};

/** What every error response looks like; no stack traces. */
export interface ErrorBody {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly action: string;
  readonly correlationId: string | null;
  /** What stands instead of what the caller took for granted, with 409. */
  readonly current?: unknown;
}

/** An error a caller can act on: HTTP status, stable code, message and what to do. */
export class ApiError extends HttpException {
  readonly code: string;
  readonly action: string | undefined;
  readonly current: unknown;
  constructor(status: number, code: string, message: string, action?: string, current?: unknown) {
    super(message, status);
    this.code = code;
    this.action = action;
    this.current = current;
  }
}

/** The parsed input or a 400 that names every bad field. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new ApiError(400, 'INPUT_INVALID', problems.join('; '));
}

/** Body limit, correlation id in and out, request durations, JSON errors. */
export function configureHttp(
  app: NestExpressApplication,
  deps: { readonly logger: Logger; readonly metrics: Metrics; readonly bodyLimitBytes: number },
): void {
  app.disable('x-powered-by');
  app.use(correlate);
  app.use(measure(httpDuration(deps.metrics)));
  app.useBodyParser('json', { limit: deps.bodyLimitBytes });
  app.useGlobalFilters(new JsonErrors(deps.logger));
}

function correlate(request: Request, response: Response, next: NextFunction): void {
  const id = acceptCorrelation(request.get(CORRELATION_HEADER));
  response.setHeader(CORRELATION_HEADER, id);
  withCorrelation(id, next);
}

function measure(duration: Histogram<'method' | 'route' | 'status'>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const stop = duration.startTimer();
    response.once('finish', () => {
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      stop({ method: request.method, route, status: String(response.statusCode) });
    });
    next();
  };
}

@Catch()
class JsonErrors implements ExceptionFilter {
  readonly #logger: Logger;
  constructor(logger: Logger) {
    this.#logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const body = errorBody(error);
    if (body.status >= 500) this.#logger.error({ err: error }, 'request failed');
    if (response.headersSent) response.destroy();
    else response.status(body.status).json(body);
  }
}

/** Pure but for the correlation id: what a caller may know about an error. */
export function errorBody(error: unknown): ErrorBody {
  const correlationId = currentCorrelation() ?? null;
  const status = httpStatus(error);
  const action = error instanceof ApiError ? error.action : undefined;
  if (status >= 500 && !(error instanceof HttpException))
    return {
      status,
      code: 'INTERNAL',
      message: 'Something went wrong here.',
      action: `Report it with the correlation id ${correlationId ?? ''}`.trim() + '.',
      correlationId,
    };
  return {
    status,
    code: error instanceof ApiError ? error.code : `HTTP_${status}`,
    message: (error as Error).message,
    action: action ?? ACTIONS[status] ?? 'See the message.',
    correlationId,
    ...(error instanceof ApiError && error.current !== undefined && { current: error.current }),
  };
}

/** Nest's exceptions know their status; errors of the body parser carry `status` and `expose`. */
function httpStatus(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status, expose } = (error ?? {}) as { status?: unknown; expose?: unknown };
  return typeof status === 'number' && expose === true && status >= 400 && status < 500 ? status : 500;
}
