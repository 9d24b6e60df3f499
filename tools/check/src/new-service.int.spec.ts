import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CrossReference, Customer } from '@tieout/canonical';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { createCodec, createKafka, readBundle, readTopic, toHeaders, wholeTopic } from '@tieout/messaging';
import { createDatabase, createTopic, eventually, idempotentProducer, spawnTs, stack } from '@tieout/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../../..');
const PAGE = path.join(ROOT, 'docs/how-to/a-new-service.md');
const SERVICE = 'tax-register';

/** The files that a page shows, by the name in the first line of each. */
function filesIn(page: string): Map<string, string> {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)];
  return new Map(blocks.map(([, name = '', text = '']) => [name, text]));
}

const files = filesIn(PAGE);
let folder: string;

beforeAll(() => {
  mkdirSync(path.join(ROOT, '.tieout'), { recursive: true });
  folder = mkdtempSync(path.join(ROOT, '.tieout/how-to-'));
  for (const [name, text] of files) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a new service, as the how-to shows it', () => {
  it('takes under 40 lines', () => {
    expect([...files.keys()]).toEqual(['src/app.module.ts', 'src/main.ts']);
    const lines = [...files.values()].flatMap((text) => text.trim().split('\n'));
    expect(lines.filter((line) => line.trim() !== '').length).toBeLessThan(40);
  });

  it('publishes what follows from what it consumes', async () => {
    const { brokers, registryUrl } = stack();
    const { bundle } = await applyContracts({ brokers, registry: { url: registryUrl } });
    const bundleFile = path.join(folder, 'bundle.json');
    writeBundle(bundleFile, bundle!);
    // What `contracts apply` creates for a service that topics.yaml names.
    await createTopic(`tieout.${SERVICE}.outbox-mark.v1`, { config: { 'cleanup.policy': 'compact' } }).catch(
      () => undefined,
    );
    const readyFile = path.join(folder, 'ready.json');
    const service = spawnTs(path.join(folder, 'src/main.ts'), {
      env: {
        ...{ KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: registryUrl, SCHEMA_BUNDLE: bundleFile },
        ...{
          DATABASE_URL: (await createDatabase(SERVICE)).url,
          DATABASE_SCHEMA: 'tax_register',
          READY_FILE: readyFile,
        },
      },
    });
    const ready = (): boolean => readFileSync(readyFile, 'utf8').includes('url');
    await eventually(ready, {
      timeoutMs: 60_000,
      describe: () => service.stderr() + service.lines.slice(-5).join('\n'),
    });

    const kafka = createKafka({ clientId: 'how-to', brokers: [...brokers] }, pino({ level: 'silent' }));
    const codec = createCodec({ bundle: readBundle(bundleFile), registry: null });
    const sample = JSON.parse(readFileSync(path.join(ROOT, 'schemas/samples/customer.v1.r1.json'), 'utf8')) as Customer;
    const customer = { ...sample, customerId: randomUUID(), revision: 1n, taxId: `CHE-${randomUUID()}` };
    const topic = 'finance.customer.v1';
    const id = randomUUID();
    const meta = {
      id,
      source: '/test',
      type: topic,
      time: new Date().toISOString(),
      correlationId: id,
      causationId: null,
      traceparent: null,
    };
    const producer = idempotentProducer(kafka);
    await producer.connect();
    const headers = toHeaders(meta, customer.customerId);
    await producer.send({
      topic,
      messages: [{ key: customer.customerId, value: codec.encode(topic, customer), headers }],
    });
    await producer.disconnect();

    const found = await eventually(
      async () => {
        const values: CrossReference[] = [];
        const into = 'finance.cross-reference.v1';
        await readTopic(kafka, into, await wholeTopic(kafka, into), ({ key, value }) => {
          if (value && key?.toString() === `customer|tax-office|main|${customer.taxId}`)
            values.push(codec.decode(into, value) as CrossReference);
        });
        return values.length > 0 ? values : null;
      },
      { timeoutMs: 60_000, describe: () => service.lines.slice(-5).join('\n') },
    );
    expect(found).toMatchObject([
      { canonicalId: customer.customerId, system: 'tax-office', revision: 1n, status: 'ACTIVE' },
    ]);
    service.signal('SIGTERM');
    expect(await service.exited).toMatchObject({ code: 0 });
  }, 180_000);
});
