import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { TaskResult } from './verdict.ts';

type Sql = Pool | PoolClient;
export type TaskState = 'NOT_STARTED' | 'IN_PROGRESS' | 'COMPLETE' | 'CANCELLING' | 'CANCELLED';

export interface StoredTask {
  readonly taskId: string;
  readonly actionId: string;
  readonly taskState: TaskState;
  readonly progress: number;
  readonly currentStep: string;
  readonly creationTime: number;
  readonly result: TaskResult | null;
}

const COLUMNS = `id as "taskId", action_id as "actionId", state as "taskState", progress::float8 as progress,
  current_step as "currentStep", (extract(epoch from created_at) * 1000)::float8 as "creationTime", result`;

export async function insertTask(sql: Sql, actionId: string, at: Date): Promise<string> {
  const id = randomUUID().replaceAll('-', '').toUpperCase();
  await sql.query(`insert into task (id, action_id, state, created_at) values ($1, $2, 'NOT_STARTED', $3)`, [
    id,
    actionId,
    at,
  ]);
  return id;
}

export async function readTask(sql: Sql, actionId: string, taskId: string): Promise<StoredTask | null> {
  const found = await sql.query<StoredTask>(`select ${COLUMNS} from task where id = $1 and action_id = $2`, [
    taskId,
    actionId,
  ]);
  return found.rows[0] ?? null;
}

export async function readTasks(sql: Sql, actionId: string): Promise<StoredTask[]> {
  const found = await sql.query<StoredTask>(`select ${COLUMNS} from task where action_id = $1 order by position`, [
    actionId,
  ]);
  return found.rows;
}

export async function setTask(
  sql: Sql,
  taskId: string,
  change: { state: TaskState; progress: number; step: string; result?: TaskResult },
): Promise<void> {
  await sql.query('update task set state = $2, progress = $3, current_step = $4, result = $5 where id = $1', [
    taskId,
    change.state,
    change.progress,
    change.step,
    change.result === undefined ? null : JSON.stringify(change.result),
  ]);
}

/** Keeps the dump of one object; the next run of the same object overwrites it. */
export async function replaceDump(
  sql: Sql,
  taskId: string,
  objectId: string,
  content: string,
  at: Date,
): Promise<void> {
  await sql.query('delete from dump where object_id = $1', [objectId]);
  if (content === '') return;
  await sql.query('insert into dump (task_id, object_id, content, created_at) values ($1, $2, $3, $4)', [
    taskId,
    objectId,
    content,
    at,
  ]);
}

/** A dump not older than 48 hours, else null. */
export async function readDump(sql: Sql, taskId: string, objectId: string, at: Date): Promise<string | null> {
  const found = await sql.query<{ content: string }>(
    `select content from dump where task_id = $1 and object_id = $2 and created_at > $3::timestamptz - interval '48 hours'`,
    [taskId, objectId, at],
  );
  return found.rows[0]?.content ?? null;
}
