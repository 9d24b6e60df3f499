import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type Response,
} from 'express';
import { LOOPBACK, type RunningSandbox, type SandboxOptions } from '../sandbox.ts';
import { authRouter, liveToken } from './auth.controller.ts';
import { backdoorRouter } from './backdoor.controller.ts';
import { cellsRouter } from './cells.controller.ts';
import type { Context } from './context.ts';
import { ApiError, apiErrorBody, notFound, objectBody } from './envelope.ts';
import { createFaults } from './faults.ts';
import { filesRouter } from './files.controller.ts';
import { listsRouter } from './lists.controller.ts';
import { MODEL, USER, WORKSPACE, YEARS } from './model.ts';
import { createTokenBucket } from './rate-limit.ts';
import { openSchema, type Years } from './schema.store.ts';
import { structureRouter } from './structure.controller.ts';
import { tasksRouter } from './tasks.controller.ts';
import { createTaskRunner } from './task.worker.ts';

export interface AnaplanSandboxOptions extends SandboxOptions {
  /** PEM of the certificate that `CACertificate` sign-ins are checked against; none by default. */
  readonly certificate?: string;
  /** Life of a token; the vendor's 35 minutes by default. */
  readonly tokenLifeMs?: number;
  /** How long a task holds the model at least; 50 ms by default. */
  readonly taskMs?: number;
  /** Years of the model's calendar, within 2000 to 2099; 2010 to 2030 by default. */
  readonly years?: Years;
  /** Calls a minute and tenant; the vendor's 600 by default, a tenth of it at once. */
  readonly requestsPerMinute?: number;
  /** How long a call to a held model hangs at most before the connection is dropped; 60 s by default. */
  readonly hangLimitMs?: number;
}

/** Exactly what the connector takes as configuration. */
export interface AnaplanCredentials {
  readonly authUrl: string;
  readonly apiUrl: string;
  readonly user: string;
  readonly password: string;
  readonly workspaceId: string;
  readonly modelId: string;
}

const PASSWORD = 'sandbox-anaplan';
const MODEL_PATHS = ['/2/0/workspaces/:workspaceId/models/:modelId', '/2/0/models/:modelId'];

/** Starts Anaplan's authentication and integration API on one port. */
export async function startAnaplanSandbox(options: AnaplanSandboxOptions): Promise<RunningSandbox<AnaplanCredentials>> {
  const pool = await openSchema(options.databaseUrl, options.years ?? YEARS);
  const faults = createFaults();
  const now = options.now ?? ((): Date => new Date());
  const runner = createTaskRunner({ pool, faults, now, taskMs: options.taskMs ?? 50 });
  let url = '';
  const context: Context = { pool, runner, faults, now, baseUrl: () => url };
  const host = options.host ?? LOOPBACK;
  const server = await listen(createApp(context, options), host, options.port ?? 0);
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    vendor: 'anaplan',
    url,
    credentials: {
      authUrl: url,
      apiUrl: `${url}/2/0`,
      user: USER.email,
      password: PASSWORD,
      workspaceId: WORKSPACE.id,
      modelId: MODEL.id,
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await runner.idle();
      await pool.end();
    },
  };
}

function createApp(context: Context, options: AnaplanSandboxOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', (_request, response) => void response.json({ status: 'up' }));
  app.use('/sandbox', backdoorRouter(context));
  const tokenLifeMs = options.tokenLifeMs ?? 35 * 60_000;
  const auth = {
    ...context,
    user: USER.email,
    password: PASSWORD,
    certificate: options.certificate ?? null,
    tokenLifeMs,
  };
  app.use('/token', authRouter(auth));
  app.use('/2/0', admission(context, createTokenBucket(options.requestsPerMinute ?? 600)));
  app.use(express.raw({ type: ['application/octet-stream', 'application/x-gzip'], limit: '50mb' }));
  app.use(express.text({ type: '*/*', limit: '20mb' }));
  accountRoutes(app, context);
  const door = { closed: false };
  for (const path of MODEL_PATHS) mountModel(app, path, context, door, options.hangLimitMs ?? 60_000);
  app.use(() => {
    throw notFound();
  });
  app.use(renderError(context));
  return app;
}

/** Tenant-wide budget first, then the token: a refused call has used up its share of the budget. */
function admission(context: Context, bucket: ReturnType<typeof createTokenBucket>) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const wait = context.faults.take('too-many-requests') ? 1 : bucket.take(context.now().getTime());
    if (wait > 0) {
      response.set('Retry-After', String(wait));
      throw new ApiError(429, 'Too many requests');
    }
    if (context.faults.take('unavailable')) throw new ApiError(503, 'Service Unavailable');
    if ((await liveToken(context.pool, request.get('authorization'), context.now())) === null)
      throw new ApiError(401, 'Unauthorized');
    next();
  };
}

function accountRoutes(app: Express, context: Context): void {
  const model = {
    id: MODEL.id,
    name: MODEL.name,
    activeState: 'UNLOCKED',
    currentWorkspaceId: WORKSPACE.id,
    currentWorkspaceName: WORKSPACE.name,
  };
  const send = (response: Response, schema: string, fields: Record<string, unknown>): void =>
    void response.json(objectBody(context.baseUrl(), schema, fields));
  app.get('/2/0/users/me', (_request, response) => send(response, 'user', { user: { ...USER, active: true } }));
  app.get('/2/0/workspaces', (_request, response) =>
    send(response, 'workspace', { workspaces: [{ ...WORKSPACE, active: true }] }),
  );
  app.get('/2/0/workspaces/:workspaceId/models', (request, response) => {
    if (request.params.workspaceId !== WORKSPACE.id) throw notFound();
    send(response, 'model', { models: [model] });
  });
  app.get('/2/0/models', (_request, response) => send(response, 'model', { models: [model] }));
  app.get('/2/0/models/:modelId', (request, response) => {
    if (request.params.modelId !== MODEL.id) throw notFound();
    send(response, 'model', { model });
  });
  app.get('/2/0/workspaces/:workspaceId/models/:modelId', () => {
    throw new ApiError(405, 'Method Not Allowed');
  });
}

/** Whether the model is closed: `close` does it, and any call to it but a look at its status opens it again. */
interface Door {
  closed: boolean;
}

function mountModel(app: Express, path: string, context: Context, door: Door, hangLimitMs: number): void {
  app.use(path, (request: Request<{ workspaceId?: string; modelId?: string }>, _response, next) => {
    const { workspaceId, modelId } = request.params;
    if (modelId !== MODEL.id || (workspaceId ?? WORKSPACE.id) !== WORKSPACE.id) throw notFound();
    next();
  });
  app.get(`${path}/status`, (_request, response) => void response.json(modelStatus(context, door)));
  app.use(path, (_request, _response, next) => {
    door.closed = false;
    next();
  });
  app.post(`${path}/open`, (_request, response) => void response.status(202).end());
  app.post(`${path}/close`, (_request, response) => {
    door.closed = true;
    response.status(204).end();
  });
  app.use(path, tasksRouter(context));
  app.use(path, hangWhileHeld(context, hangLimitMs));
  const routers = [filesRouter(context), listsRouter(context), cellsRouter(context), structureRouter(context)];
  for (const router of routers) app.use(path, router);
}

const modelStatus = (context: Context, { closed }: Door): unknown => ({
  requestStatus: {
    currentStep: closed ? 'Closed' : 'Open',
    progress: -1,
    tooltip: null,
    taskId: null,
    creationTime: context.now().getTime(),
    exportTaskType: null,
    peakMemoryUsageEstimate: null,
    peakMemoryUsageTime: null,
  },
});

/** A task holds the model: every other call gets no answer until it is done, and no error either. */
function hangWhileHeld(context: Context, limitMs: number) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const timer = new AbortController();
    const free = await Promise.race([
      context.runner.idle().then(() => true),
      sleep(limitMs, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    if (free) next();
    else request.socket.destroy();
  };
}

function renderError(context: Context): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const status = error instanceof ApiError ? error.status : ((error as { status?: number }).status ?? 500);
    const message = error instanceof Error ? error.message : 'Internal error';
    response.status(status).json(apiErrorBody(status, message, request.originalUrl, context.now()));
  };
}

async function listen(app: Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error) => (error ? reject(error) : resolve(server)));
  });
}
