import express, { Router, type ErrorRequestHandler } from 'express';
import { z } from 'zod';
import type { FaultList } from './faults.ts';
import type { Sessions } from './odata/sessions.ts';
import type { TokenOffice } from './oauth.controller.ts';

const faultShape = z.strictObject({
  kind: z.enum(['cut-before', 'cut-after', 'cut-within', 'truncated', 'slow', 'error', 'xml', 'html', 'huge']),
  count: z.int().min(1).max(10_000),
  skip: z.int().min(0).max(10_000).optional(),
  method: z.string().max(10).optional(),
  path: z.string().max(500).optional(),
  status: z.int().min(200).max(599).optional(),
  delayMs: z.int().min(0).max(300_000).optional(),
  retryAfter: z.int().min(0).max(3600).optional(),
});

interface Admin {
  readonly faults: FaultList;
  readonly sessions: Sessions;
  readonly office: TokenOffice;
}

/** Not SAP: the failures that a test asks for. */
export function adminRouter({ faults, sessions, office }: Admin): Router {
  const router = Router();
  router.post('/faults', express.json({ limit: '10kb' }), (request, response) => {
    const fault = faultShape.safeParse(request.body);
    if (!fault.success) return void response.status(400).json({ error: z.prettifyError(fault.error) });
    faults.add(fault.data as Parameters<FaultList['add']>[0]);
    response.status(204).end();
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  /** Ends all HTTP sessions and access tokens, as a restart of the application server does. */
  router.delete('/sessions', (_request, response) => {
    sessions.expireAll();
    office.revokeAll();
    response.status(204).end();
  });
  return router;
}

/** Whatever the side door's own handlers throw. */
export const answerAdminError: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, next) => {
  if (response.headersSent) return next(error);
  response.status(error.status ?? 500).json({ error: error.message });
};
