/**
 * A small service with a handler, an outbox and nothing else, on the library exactly as the real services use it. It is what
 * the fault suite kills, cuts and starves, and what the benchmark loads. Prints READY when it consumes; ends by SIGTERM in order.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ErpCommand, Invoice } from '@tieout/canonical';
import {
  connectRegistry,
  createCodec,
  createKafka,
  MessagingRuntime,
  Outbox,
  readBundle,
  type ConsumerSpec,
  type Delivery,
  type Outcome,
} from '@tieout/messaging';
import { throughProxy } from '@tieout/testing/programs';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { EntityManager } from 'typeorm';
import { AILMENTS } from './ailments.ts';
import { openSubjectDatabase } from './database.ts';
import { answerTo, judge, record, upsert } from './effect.store.ts';
import { failPoints } from './fail-points.ts';
import { parseSubject } from './options.ts';

const options = parseSubject(process.argv[2]);
const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'warn' }, pino.destination(2));
const reach = failPoints(options.failPoint);

const dataSource = await openSubjectDatabase(options, (error) => logger.warn({ err: error }, 'idle connection lost'));
dataSource.subscribers.push(reach.subscriber);
const brokerTopic = (topic: string): string => topic + options.suffix;
const proxied = options.proxyPort === null ? {} : { socketFactory: throughProxy(options.proxyPort) };
const kafka = createKafka({ clientId: options.service, brokers: [...options.brokers], ...proxied }, logger);
const registry = options.registryUrl === null ? null : connectRegistry({ url: options.registryUrl });
const codec = createCodec({ bundle: readBundle(options.bundle), registry });
const outbox = new Outbox(codec, options.service, { brokerTopic });

const spec: ConsumerSpec<typeof options.input> = { topic: options.input, handle };
const tuning = { timing: options.timing, ...(options.maxChunk === null ? {} : { maxChunk: options.maxChunk }) };
const runtime = new MessagingRuntime({
  ...tuning,
  ...{ service: options.service, kafka, dataSource, databaseUrl: options.databaseUrl, schema: options.schema },
  ...{ codec, outbox, logger, registry: new Registry(), brokerTopic },
});
if (options.relay) await runtime.startRelay();
if (options.consumer) await runtime.startConsumers([spec]);
process.once('SIGTERM', () => void stop());
process.stdout.write('READY\n');
// A line whenever it changes: the health that the real services serve over HTTP.
/** They change with every record. */
const NUMBERS = new Set(['lag', 'busyMs', 'newestTimestamp']);
let told = '';
setInterval(() => {
  const status = JSON.stringify(runtime.status(), (name, value: unknown) => (NUMBERS.has(name) ? undefined : value));
  if (status !== told) process.stdout.write(`STATUS ${status}\n`);
  told = status;
}, 100).unref();

async function handle(
  deliveries: readonly Delivery<Invoice | ErpCommand>[],
  tx: EntityManager,
): Promise<readonly Outcome[]> {
  await delay(options.slowMs[deliveries[0]?.partition ?? -1] ?? 0);
  for (const { key } of deliveries) await ail(key);
  const judged = await judge(deliveries, tx);
  const good = judged.filter(({ outcome }) => outcome.kind === 'applied');
  const changes = good.map(({ delivery, change }) => ({ ...change, eventId: delivery.meta.id }));
  await upsert(tx, changes);
  if (options.journal) await record(tx, changes);
  const answers = good.map(({ delivery, change }) => answerTo(delivery.meta, change, delivery.timestamp));
  if (options.publish) await outbox.publish(tx, answers);
  reach.point('after-effect');
  const outcomes = new Map(judged.map(({ delivery, outcome }) => [delivery, outcome]));
  return deliveries.map((delivery) => outcomes.get(delivery) ?? { kind: 'ignored', reason: 'tombstone' });
}

async function ail(key: string): Promise<void> {
  for (const [prefix, name] of Object.entries(options.ailments)) if (key.startsWith(prefix)) await AILMENTS[name]?.();
}

async function stop(): Promise<void> {
  await runtime.stopConsumers();
  await runtime.stopRelay();
  await dataSource.destroy();
  process.exit(0);
}
