import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { actionName, runAction } from './actions.store.ts';
import type { Faults } from './faults.ts';
import { insertTask, setTask } from './task.store.ts';
import { unsuccessful } from './verdict.ts';

export interface TaskRunner {
  /** Queues the action and answers its task id; the model runs one task at a time, in the order they came. */
  start(actionId: string): Promise<string>;
  /** Asks the task to stop: it ends CANCELLED and leaves nothing behind. */
  cancel(taskId: string): void;
  /** Resolves when no task is queued or running. */
  idle(): Promise<void>;
}

export interface TaskRunnerOptions {
  readonly pool: Pool;
  readonly faults: Faults;
  readonly now: () => Date;
  /** How long a task holds the model at least. */
  readonly taskMs: number;
}

/** The model's single task slot. */
export function createTaskRunner(options: TaskRunnerOptions): TaskRunner {
  const cancelled = new Set<string>();
  let last: Promise<void> = Promise.resolve();
  return {
    start: async (actionId) => {
      const taskId = await insertTask(options.pool, actionId, options.now());
      last = last.then(() => runTask(options, actionId, taskId, cancelled));
      return taskId;
    },
    cancel: (taskId) => void cancelled.add(taskId),
    idle: async () => {
      for (let seen; seen !== last;) await (seen = last);
    },
  };
}

async function runTask(
  options: TaskRunnerOptions,
  actionId: string,
  taskId: string,
  cancelled: Set<string>,
): Promise<void> {
  try {
    await setTask(options.pool, taskId, { state: 'IN_PROGRESS', progress: 0.1, step: 'Processing ...' });
    await sleep(options.taskMs);
    if (cancelled.delete(taskId) || options.faults.take('cancel-task')) {
      return await setTask(options.pool, taskId, { state: 'CANCELLED', progress: 1, step: 'Cancelled.' });
    }
    await complete(options, actionId, taskId);
  } catch (error) {
    const result = unsuccessful(actionId, actionName(actionId), error instanceof Error ? error.message : String(error));
    await setTask(options.pool, taskId, { state: 'COMPLETE', progress: 1, step: 'Failed.', result }).catch(
      () => undefined,
    );
  }
}

async function complete(options: TaskRunnerOptions, actionId: string, taskId: string): Promise<void> {
  const client = await options.pool.connect();
  try {
    await client.query('begin');
    const result = options.faults.take('fail-task')
      ? unsuccessful(actionId, actionName(actionId), 'The action failed')
      : await runAction(client, actionId, taskId, options.now());
    await setTask(client, taskId, { state: 'COMPLETE', progress: 1, step: 'Complete.', result });
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
