import express, { Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { NumberText } from '../netsuite/exact-json.ts';
import { exactBody } from './body.controller.ts';
import type { Catalog } from './catalog.ts';
import { addCustomField, customFieldShape } from './custom-field.store.ts';
import type { Meter } from './data-api.controller.ts';
import { SalesforceFault } from './errors.ts';
import { draftOf, headerDraft, type EventDraft } from './events/change-event.ts';
import type { EventLog } from './events/event-log.store.ts';
import { EVENT_TYPES } from './events/event-schema.ts';
import type { TokenRegistry } from './oauth.controller.ts';
import type { SObject, Values } from './objects/field.ts';
import type { PubSubServer } from './pubsub/server.ts';
import type { StreamSettings } from './pubsub/subscription.ts';
import { checkWrite } from './record-body.ts';
import { normaliseId } from './record-id.ts';
import { setColumns, undeleteRecord, updateRecord } from './record.store.ts';
import type { Transact } from './write.ts';

export interface Admin {
  readonly pool: Pool;
  readonly catalog: Catalog;
  readonly transact: Transact;
  readonly log: EventLog;
  readonly tokens: TokenRegistry;
  readonly meter: Meter;
  readonly settings: StreamSettings;
  readonly pubsub: PubSubServer;
  readonly now: () => Date;
}

/** Not Salesforce: what a person does in its user interface, and the failures a test asks for. Answers 204. */
export function adminRouter(admin: Admin): Router {
  const router = Router();
  router.use(express.text({ type: () => true, limit: '1mb' }), exactBody);
  recordDoors(router, admin);
  eventDoors(router, admin);
  faultDoors(router, admin);
  return router;
}

function recordDoors(router: Router, { pool, catalog, transact, log }: Admin): void {
  router.post('/undelete/:id', async (request, response) => {
    const [object, id] = recordOf(catalog, request.params.id);
    await transact('', (write) => undeleteRecord(write, object, id));
    response.status(204).end();
  });
  // A change in the vendor's database: no stamp moves and no event follows.
  router.post('/silent/:id', async (request, response) => {
    const [object, id] = recordOf(catalog, request.params.id);
    await setColumns(pool, object, id, checkWrite(object, request.body, 'update'));
    response.status(204).end();
  });
  // The same change to several records within a second: Salesforce tells of it in one event.
  const mergeShape = z.strictObject({ ids: z.array(z.string()).min(2).max(200), values: z.unknown() });
  router.post('/merge', async (request, response) => {
    const { ids, values: given } = shaped(mergeShape, request.body);
    const records = ids.map((id) => recordOf(catalog, id));
    const object = records[0]![0];
    const values: Values = checkWrite(object, given, 'update');
    await transact('', async (write) => {
      for (const [, id] of records) await updateRecord(write, object, id, values);
      write.changes.splice(0, Infinity, { ...write.changes[0]!, ids: records.map(([, id]) => id) });
    });
    response.status(204).end();
  });
  router.post('/fields', async (request, response) => {
    await addCustomField(pool, catalog, shaped(customFieldShape, request.body), log);
    response.status(204).end();
  });
}

const eventShape = z.strictObject({
  entity: z.string().min(1).max(80),
  changeType: z.enum(EVENT_TYPES),
  /** Also a wildcard such as `001*`. */
  recordIds: z.array(z.string().max(18)).max(1000),
  /** Values that an UPDATE reports; the records are left as they are. */
  values: z.unknown().optional(),
  origin: z.string().max(200).default(''),
});

function eventDoors(router: Router, { catalog, log, now }: Admin): void {
  router.post('/events', async (request, response) => {
    const event = shaped(eventShape, request.body);
    await log.publish([draftFrom(event, catalog.find(event.entity), now())], event.origin);
    response.status(204).end();
  });
  // An administrator takes the objects out of change data capture, or selects them again.
  router.post('/capture', (request, response) => {
    log.capturing = shaped(z.strictObject({ enabled: z.boolean() }), request.body).enabled;
    response.status(204).end();
  });
  router.post('/retention/drop', async (_request, response) => {
    await log.dropRetained();
    response.status(204).end();
  });
}

const UNLIKE_ANY_VALUE = Symbol('before');

function draftFrom(
  { entity, changeType, recordIds, values }: z.infer<typeof eventShape>,
  object: SObject | undefined,
  now: Date,
): EventDraft {
  if (object === undefined || values === undefined)
    return headerDraft(object?.name ?? entity, object, changeType, recordIds);
  const checked: Readonly<Record<string, unknown>> = {
    ...checkWrite(object, values, 'update'),
    LastModifiedDate: now,
  };
  const row = (value: (name: string) => unknown): Record<string, unknown> =>
    Object.fromEntries(Object.keys(checked).map((name) => [object.fields[name]!.column, value(name)]));
  // Every field given counts as changed, whatever it was before.
  const before = row(() => UNLIKE_ANY_VALUE);
  const change = { object, type: 'UPDATE', before, after: row((name) => checked[name]), ids: recordIds } as const;
  return { ...draftOf(change), changeType };
}

/** A body's numbers are source text here. */
const integer = z
  .instanceof(NumberText)
  .transform(({ text }) => Number(text))
  .pipe(z.int().min(0).max(1_000_000_000));

function faultDoors(router: Router, { log, tokens, meter, settings, pubsub }: Admin): void {
  router.post('/sessions/revoke', (_request, response) => {
    tokens.revokeAll();
    response.status(204).end();
  });
  router.post('/limit', (request, response) => {
    meter.refusals = shaped(z.strictObject({ calls: integer }), request.body).calls;
    response.status(204).end();
  });
  router.post('/streams/cut', (request, response) => {
    pubsub.cut(shaped(z.strictObject({ how: z.enum(['reset', 'unavailable']).default('reset') }), request.body).how);
    response.status(204).end();
  });
  const settingsShape = z.strictObject({
    keepaliveMs: integer.optional(),
    creditTimeoutMs: integer.optional(),
    retentionMs: integer.optional(),
    blankSchemaIds: z.boolean().optional(),
  });
  router.post('/settings', (request, response) => {
    const { retentionMs, ...changed } = shaped(settingsShape, request.body);
    log.retentionMs = retentionMs ?? log.retentionMs;
    Object.assign(settings, changed);
    response.status(204).end();
  });
}

function shaped<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(typeof body === 'object' && body !== null ? body : {});
  if (!result.success) throw new SalesforceFault(400, 'INVALID_INPUT', z.prettifyError(result.error));
  return result.data;
}

function recordOf(catalog: Catalog, text: string): [SObject, string] {
  const id = normaliseId(text);
  const object = id === undefined ? undefined : catalog.ofId(id);
  if (id === undefined || object === undefined)
    throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
  return [object, id];
}
