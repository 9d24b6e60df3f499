import express, { type Request, type Response, type Router } from 'express';
import type { Context } from './context.ts';
import { ApiError, notFound, objectBody, pageBody, pageRequest } from './envelope.ts';
import { CLEAR_ACTION, EXPORT, IMPORTS, PROCESS } from './model.ts';
import { bodyObject } from './request-body.ts';
import { readDump, readTask, readTasks, type StoredTask } from './task.store.ts';

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  imports: IMPORTS.map((definition) => definition.id),
  processes: [PROCESS.id],
  exports: [EXPORT.id],
  actions: [CLEAR_ACTION.id],
};

/** Starting and watching tasks; the only calls that the model answers while a task holds it. */
export function tasksRouter(context: Context): Router {
  const router = express.Router({ mergeParams: true });
  router.post('/:kind/:actionId/tasks', async (request, response) => start(context, request, response));
  router.get('/:kind/:actionId/tasks', async (request, response) => {
    // Where the action is not the caller's to see, the vendor answers an empty list.
    const tasks = isKnown(request) ? await readTasks(context.pool, actionId(request)) : [];
    const summaries = tasks.map(({ taskId, taskState, creationTime }) => ({ taskId, taskState, creationTime }));
    const path = request.originalUrl.split('?')[0] ?? '';
    response.json(pageBody(context.baseUrl(), 'tasks', summaries, pageRequest(path, request.query)));
  });
  router.get('/:kind/:actionId/tasks/:taskId', async (request, response) => {
    const task = await findTask(context, request);
    response.json(objectBody(context.baseUrl(), 'task', { task: taskBody(task) }));
  });
  router.delete('/:kind/:actionId/tasks/:taskId', async (request, response) => {
    const task = await findTask(context, request);
    if (task.result === null) context.runner.cancel(task.taskId);
    response.json(objectBody(context.baseUrl(), 'task', { task: { ...taskBody(task), taskState: 'CANCELLING' } }));
  });
  dumpRoutes(context, router);
  return router;
}

function dumpRoutes(context: Context, router: Router): void {
  const text = async (request: Request, response: Response, objectId: string): Promise<void> => {
    const task = await findTask(context, request);
    const content = await readDump(context.pool, task.taskId, objectId, context.now());
    if (content === null) throw notFound();
    response.type('text/plain').send(content);
  };
  const chunks = async (request: Request, response: Response, objectId: string): Promise<void> => {
    const task = await findTask(context, request);
    if ((await readDump(context.pool, task.taskId, objectId, context.now())) === null) throw notFound();
    response.json(objectBody(context.baseUrl(), 'chunk', { chunks: [{ id: '0', name: 'Chunk 0' }] }));
  };
  const only = (request: Request): void => {
    if (request.params['number'] !== '0') throw notFound();
  };
  const task = '/:kind/:actionId/tasks/:taskId';
  router.get(`${task}/dump`, (request, response) => text(request, response, actionId(request)));
  router.get(`${task}/dump/chunks`, (request, response) => chunks(request, response, actionId(request)));
  router.get(`${task}/dump/chunks/:number`, (request, response) => {
    only(request);
    return text(request, response, actionId(request));
  });
  router.get(`${task}/dumps/:objectId`, (request, response) => text(request, response, request.params.objectId));
  router.get(`${task}/dumps/:objectId/chunks`, (request, response) =>
    chunks(request, response, request.params.objectId),
  );
  router.get(`${task}/dumps/:objectId/chunks/:number`, (request, response) => {
    only(request);
    return text(request, response, request.params.objectId);
  });
}

async function start(context: Context, request: Request, response: Response): Promise<void> {
  if (request.params['workspaceId'] === undefined || !isKnown(request)) throw notFound();
  if (typeof bodyObject(request.body)['localeName'] !== 'string') throw new ApiError(400, 'localeName is required');
  const taskId = await context.runner.start(actionId(request));
  // The task runs although its caller never learns so.
  if (context.faults.take('lose-task-answer')) return void request.socket.destroy();
  response.json(objectBody(context.baseUrl(), 'task', { task: { taskId } }));
}

const actionId = (request: Request): string => String(request.params['actionId']);
const isKnown = (request: Request): boolean =>
  ACTIONS[String(request.params['kind'])]?.includes(actionId(request)) ?? false;

async function findTask(context: Context, request: Request): Promise<StoredTask> {
  const task = isKnown(request)
    ? await readTask(context.pool, actionId(request), String(request.params['taskId']))
    : null;
  if (task === null) throw notFound();
  return task;
}

function taskBody(task: StoredTask): Record<string, unknown> {
  const { taskId, taskState, currentStep, progress, creationTime } = task;
  return {
    taskId,
    currentStep,
    progress,
    taskState,
    creationTime,
    ...(task.result === null ? {} : { result: task.result }),
  };
}
