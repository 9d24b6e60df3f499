import { randomUUID } from 'node:crypto';
import { verifyChain, type Audit } from '@tieout/canonical';
import type { User } from '@tieout/platform';
import { createDatabase, createTopic, eventually, randomTopic, stack } from '@tieout/testing';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readChain } from './audit.store.ts';
import type { Codec } from './codec.ts';
import { listCases, type ExceptionQuery } from './exceptions/exception.store.ts';
import { Exceptions } from './exceptions/exceptions.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { OutboxController } from './outbox.controller.ts';
import { Outbox } from './outbox.ts';
import { insertEvents } from './outbox.store.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import { EVENT_REFUSED, raiseRefused } from './refused-cases.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay, type Relay } from './relay.ts';

const logger = pino({ level: 'silent' });
const kafka = createKafka({ clientId: 'refused', brokers: [...stack().brokers] }, logger);
const topic = randomTopic('refused');
const service = randomTopic('svc');
const EVERY: ExceptionQuery = {
  ...{ status: null, kind: null, severity: null, ownerGroup: null, assignee: null, object: null },
  ...{ limit: 10, after: null },
};
const user: User = { subject: 'ada', roles: ['operator'] };
/** What is audited is read from the table: this test needs no registry, and no audit topic. */
const codec = { encode: () => Buffer.from('audit') } as unknown as Codec;
let dataSource: DataSource;
let controller: OutboxController;
let relay: Relay;

beforeAll(async () => {
  const { url } = await createDatabase('refused');
  dataSource = await new DataSource({ type: 'postgres', url, migrations: messagingMigrations }).initialize();
  await dataSource.runMigrations();
  // Audit events stay where they are: no topic of theirs is needed here.
  await dataSource.query(
    `INSERT INTO published_topic (topic, next_offsets, hold)
     VALUES ('finance.audit.v1', '{0}', 'spec'), ('finance.exception.v1', '{0}', 'spec')`,
  );
  const outbox = new Outbox(codec, service);
  const exceptions = new Exceptions(service, outbox, () => [EVENT_REFUSED]);
  controller = new OutboxController(dataSource, outbox, exceptions);
  await createTopic(topic, { partitions: 2, config: { 'max.message.bytes': '2000' } });
  await createTopic(markTopic(service), { partitions: 1 });
  const onTakeOver = (): void => void raiseRefused(dataSource, exceptions);
  relay = startRelay({ kafka, logger, connectionString: url, schema: 'public', service, onTakeOver });
});

afterAll(async () => {
  await relay.stop();
  await dataSource.destroy();
});

async function write(key: string, bytes: number, text = 'x'): Promise<string> {
  const eventId = randomUUID();
  const headers = { ce_id: eventId };
  await dataSource.transaction((tx) =>
    insertEvents(tx, [{ eventId, topic, key, value: Buffer.alloc(bytes, text), headers }]),
  );
  return eventId;
}

async function published(key: string): Promise<string[]> {
  const seen: string[] = [];
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), (record) => {
    if (String(record.key) === key) seen.push(String(record.headers?.['ce_id'] ?? record.value));
  });
  return seen;
}

async function refused(id: string): Promise<void> {
  const ids = async (): Promise<string[]> => (await controller.list({})).refused.map(({ eventId }) => eventId);
  await eventually(async () => (await ids()).includes(id), { timeoutMs: 20_000, describe: 'the event to be refused' });
}

const historyOf = (id: string): Promise<readonly Audit[]> => readChain(dataSource.manager, 'outbox-event', id);

describe('an event that the broker refuses', () => {
  it('is listed with what waits behind it, and goes first once it is sent again', async () => {
    const big = await write('retried', 5_000);
    const behind = [await write('retried', 1), await write('retried', 1)];
    const other = await write('other', 1);
    await refused(big);
    await eventually(async () => (await published('other')).includes(other), { describe: 'the other key to flow' });
    expect((await controller.list({})).refused).toMatchObject([
      { eventId: big, topic, key: 'retried', bytes: 5_000, waiting: 2, headers: { ce_id: big } },
    ]);
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '100000' }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] });
    await controller.retry(big, { reason: 'the limit was raised' }, user);
    await eventually(async () => (await published('retried')).length === 3, {
      timeoutMs: 20_000,
      describe: 'the key to flow',
    });
    expect(await published('retried')).toEqual([big, ...behind]);
    expect((await controller.list({})).refused).toEqual([]);
    const history = await historyOf(big);
    expect(history).toMatchObject([
      { action: 'retried', actor: 'ada', role: 'operator', reason: 'the limit was raised' },
    ]);
    expect(verifyChain(history)).toBeNull();
    await admin.disconnect();
  }, 60_000);

  it('is given up with a reason, and its key goes on', async () => {
    const big = await write('discarded', 300_000);
    const behind = await write('discarded', 1);
    await refused(big);
    await controller.discard(big, { reason: 'a broken import' }, user);
    await eventually(async () => (await published('discarded')).length > 0, { describe: 'the key to flow' });
    expect(await published('discarded')).toEqual([behind]);
    expect(await historyOf(big)).toMatchObject([
      { action: 'discarded', reason: 'a broken import', details: { topic, key: 'discarded', waiting: '1' } },
    ]);
    const audits = await dataSource.query(`SELECT 1 FROM outbox WHERE topic = 'finance.audit.v1'`);
    expect(audits.length).toBeGreaterThanOrEqual(2);
  }, 60_000);

  it('is a case for a person until it is settled', async () => {
    const big = await write('a case', 300_000);
    const found = async (): Promise<string[]> => {
      const cases = await listCases(dataSource.manager, { ...EVERY, object: 'a case' });
      return cases.map(
        ({ status, kind, details, resolution }) => `${status} ${kind} ${details['eventId']} ${resolution}`,
      );
    };
    await eventually(async () => (await found()).length > 0, { timeoutMs: 20_000, describe: 'the case' });
    expect(await found()).toEqual([`OPEN event-refused ${big} null`]);
    await controller.discard(big, { reason: 'nobody needs it' }, user);
    expect(await found()).toEqual([`RESOLVED event-refused ${big} The event was discarded: nobody needs it`]);
  }, 60_000);

  it('is left alone without a reason, by an unknown id, and a second time', async () => {
    await expect(controller.discard(randomUUID(), { reason: 'x' }, user)).rejects.toMatchObject({
      code: 'EVENT_NOT_REFUSED',
    });
    expect(() => controller.retry(randomUUID(), { reason: ' ' }, user)).toThrow();
    expect(() => controller.retry('7', { reason: 'x' }, user)).toThrow();
  });
});
