import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { errorBody } from './odata/error-body.ts';
import { asksForJson } from './odata/exchange.ts';
import { unexpected } from './odata/refusals.ts';
import { SapError } from './odata/model.ts';
import { page } from './gate.controller.ts';
import type { Fault, FaultList } from './faults.ts';

const hugeBytes = 10 * 1024 * 1024;

export function faultInjection(faults: FaultList, now: () => Date): RequestHandler {
  return async (request, response, next) => {
    const fault = faults.take(request.method, request.originalUrl);
    if (!fault) return next();
    // Any kind may come late.
    await sleep(fault.delayMs ?? (fault.kind === 'slow' ? 1000 : 0));
    if (fault.retryAfter !== undefined) response.setHeader('Retry-After', String(fault.retryAfter));
    switch (fault.kind) {
      case 'slow':
        return next();
      case 'cut-before':
        return void request.socket.destroy();
      case 'cut-after':
      case 'cut-within':
      case 'truncated':
        spoilAnswer(response, fault.kind);
        return next();
      case 'error':
      case 'xml':
        return sendError(request, response, fault, now());
      case 'html':
        return void response
          .status(fault.status ?? 503)
          .type('html')
          .send(page('Error Report', 'Service cannot be reached'));
      case 'huge':
        return void response
          .status(fault.status ?? 500)
          .type('html')
          .send(page('Error Report', 'x'.repeat(hugeBytes)));
    }
  };
}

/** The work is done and committed when the answer would go out; what arrives of it is up to the kind. */
function spoilAnswer(response: Response, kind: 'cut-after' | 'cut-within' | 'truncated'): void {
  const end = response.end.bind(response) as (chunk?: unknown) => Response;
  response.end = function spoiled(chunk?: unknown): Response {
    const body = Buffer.isBuffer(chunk) ? chunk : Buffer.from(typeof chunk === 'string' ? chunk : '');
    const half = body.subarray(0, Math.floor(body.length / 2));
    if (kind === 'truncated') {
      if (body.length > 0) response.setHeader('Content-Length', half.length);
      return end(half);
    }
    if (kind === 'cut-within' && half.length > 0) response.write(half, () => response.socket?.destroy());
    else response.socket?.destroy();
    return response;
  } as Response['end'];
}

function sendError(request: Request, response: Response, fault: Fault, now: Date): void {
  const status = fault.status ?? 500;
  const search = new URL(request.originalUrl, 'http://x').searchParams;
  const json = fault.kind === 'error' && asksForJson({ search, headers: { accept: request.get('accept') } });
  const { number, texts } = unexpected('injected by the sandbox');
  const { contentType, body } = errorBody(new SapError(status, number, texts), {
    service: null,
    language: 'en',
    now,
    json,
  });
  response.status(status).setHeader('Content-Type', contentType);
  response.send(body);
}
