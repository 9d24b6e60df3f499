import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPIC_NAMES, TOPIC_SCHEMAS } from '@tieout/canonical';
import {
  checkBundle,
  connectRegistry,
  createCodec,
  MisconfiguredError,
  readBundle,
  TransientError,
  verifyBundle,
} from '@tieout/messaging';
import { randomTopic, stack } from '@tieout/testing';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyContracts, IncompatibleContractError, subjectOf, writeBundle, type ApplyOptions } from './apply.ts';
import { compatibilityOf, setCompatibility } from './registry.client.ts';

const INVOICE = 'finance.invoice.v1';
const { brokers, registryUrl } = stack();
const registry = { url: registryUrl };
let admin: Admin;
let topic = '';
let folder = '';

beforeAll(async () => {
  admin = new kafkajs.Kafka({
    brokers: [...brokers],
    clientId: 'apply-spec',
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
});
afterAll(() => admin.disconnect());
beforeEach(() => {
  topic = randomTopic('apply');
  folder = mkdtempSync(join(tmpdir(), 'contracts-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
});

describe('apply', () => {
  it('creates the topic with its configuration, registers the schema, and finds nothing to do the second time', async () => {
    const first = await applyContracts(environment());
    expect(first.plan.map(({ kind }) => kind)).toEqual(['create-topic', 'set-compatibility', 'register-schema']);
    expect(await configOf('cleanup.policy')).toBe('compact');
    expect(await configOf('min.insync.replicas')).toBe('1');
    const second = await applyContracts(environment());
    expect(second.plan).toEqual([]);
    expect(second.bundle).toEqual(first.bundle);
  });

  it('lets several set the level of a new subject at once', async () => {
    const registry = { url: registryUrl };
    for (let round = 0; round < 10; round++) {
      const subject = `${randomTopic('subject')}-value`;
      await Promise.all([1, 2, 3].map(() => setCompatibility(registry, subject, 'FULL_TRANSITIVE')));
      expect(await compatibilityOf(registry, subject)).toBe('FULL_TRANSITIVE');
    }
  });

  it('changes nothing in a dry run', async () => {
    const { plan, bundle } = await applyContracts({ ...environment(), dryRun: true });
    expect([plan.length, bundle]).toEqual([3, null]);
    expect(await admin.listTopics()).not.toContain(topic);
    expect((await fetch(`${registryUrl}/subjects/${subjectOf(topic)}/versions`)).status).toBe(404);
  });

  it('changes only the configuration that differs and leaves what operations set beside it', async () => {
    await applyContracts(environment());
    await alter({ 'cleanup.policy': 'delete', 'segment.bytes': '2097152' });
    const { plan } = await applyContracts(environment());
    expect(plan).toMatchObject([
      { kind: 'configure-topic', changes: [{ name: 'cleanup.policy', from: 'delete', to: 'compact' }] },
    ]);
    expect([await configOf('cleanup.policy'), await configOf('segment.bytes')]).toEqual(['compact', '2097152']);
  });

  it.each([
    ['fewer', 1],
    ['more', 5],
  ])('refuses %s partitions before it changes anything', async (_, partitions) => {
    await applyContracts(environment());
    const other = {
      ...environment({ schema: edited((s) => s.fields.push(optional('note'))) }),
      topics: [{ name: topic, partitions, config: {} }],
    };
    await expect(applyContracts(other)).rejects.toThrow(
      new RegExp(`${topic} has 2 partitions, its contract says ${partitions}`),
    );
    await expect(applyContracts(other)).rejects.toBeInstanceOf(MisconfiguredError);
    expect((await applyContracts(environment())).bundle?.schemas).toHaveLength(1);
  });

  it.each<[string, (schema: Json) => unknown, string]>([
    [
      'an incompatible schema',
      (s) => s.fields.push({ name: 'extra', type: 'string', doc: 'x' }),
      'field extra was added without a default',
    ],
    [
      'a changed decimal scale, which the registry would take',
      (s) => (gross(s).type.scale = 2),
      'field gross changed from decimal(19,4) to decimal(19,2)',
    ],
    ['a removed symbol', (s) => s.fields[2].type.symbols.pop(), 'field lifecycle symbol DELETED was removed'],
  ])('refuses %s, names the field and registers nothing', async (_, edit, expected) => {
    await applyContracts(environment());
    const error = await applyContracts(environment({ schema: edited(edit) })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IncompatibleContractError);
    expect((error as Error).message).toContain(`${topic}: ${expected}`);
    expect((await applyContracts(environment())).bundle?.schemas).toHaveLength(1);
  });

  it('compares with every registered version, not only with the newest', async () => {
    await applyContracts(environment());
    await applyContracts(environment({ schema: edited((s) => drop(s, 'contractId')) }));
    const back = edited((s) => (s.fields.find((f: Json) => f.name === 'contractId').type = ['null', 'int']));
    await expect(applyContracts(environment({ schema: back }))).rejects.toThrow(
      'field contractId changed its type from string to int (registered version 1)',
    );
  });

  it('sets FULL_TRANSITIVE, so that the registry refuses what comes past this command', async () => {
    await applyContracts(environment());
    const body = JSON.stringify({ schema: edited((s) => s.fields.push({ name: 'extra', type: 'string', doc: 'x' })) });
    const response = await fetch(`${registryUrl}/subjects/${subjectOf(topic)}/versions`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(409);
  });

  it('writes a bundle of every version, by which a service decodes records of an older writer', async () => {
    await applyContracts(environment({ schema: edited((s) => drop(s, 'contractId')) }));
    const { bundle } = await applyContracts(environment());
    expect(bundle?.schemas.map(({ version }) => version)).toEqual([1, 2]);
    writeBundle(join(folder, 'bundle.json'), bundle!);
    expect(JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8'))).toEqual(bundle);
  });

  it('says that the registry does not answer, and has created nothing', async () => {
    await expect(applyContracts({ ...environment(), registry: { url: 'http://127.0.0.1:1' } })).rejects.toBeInstanceOf(
      TransientError,
    );
    expect(await admin.listTopics()).not.toContain(topic);
  });
});

describe('the contracts on the local stack', () => {
  it('are applied whole: topics, mark topics, and a bundle that a service starts on', async () => {
    const { bundle } = await applyContracts({ brokers, registry });
    expect((await applyContracts({ brokers, registry })).plan).toEqual([]);
    const names = await admin.listTopics();
    for (const name of [...TOPIC_NAMES, 'tieout.erp-adapter.outbox-mark.v1', 'tieout.reconciliation.outbox-mark.v1'])
      expect(names).toContain(name);
    writeBundle(join(folder, 'bundle.json'), bundle!);
    const read = readBundle(join(folder, 'bundle.json'));
    expect(await verifyBundle(registry, read)).toBe(true);
    expect(createCodec({ bundle: read, registry: connectRegistry(registry) })).toBeDefined();
  });

  it('stop a service whose bundle says something else than the registry, and let it start when the registry is down', async () => {
    const { bundle } = await applyContracts({ brokers, registry });
    const [first, second, ...rest] = bundle!.schemas;
    const swapped = checkBundle({ schemas: [{ ...first!, id: second!.id }, { ...second!, id: first!.id }, ...rest] });
    await expect(verifyBundle(registry, swapped)).rejects.toThrow(/another schema in the registry/);
    expect(await verifyBundle({ url: 'http://127.0.0.1:1' }, swapped)).toBe(false);
  });

  it('let a reader fetch a schema that its bundle does not know', async () => {
    const newer = edited((s) => s.fields.push(optional('note')));
    const { bundle } = await applyContracts({ brokers, registry });
    const other = await applyContracts(environment({ schema: newer }));
    const id = other.bundle!.schemas[0]!.id;
    const type = await connectRegistry(registry).fetch(id);
    const codec = createCodec({ bundle: bundle!, registry: connectRegistry(registry) });
    const bytes = Buffer.concat([Buffer.alloc(5), type.toBuffer({ ...INVOICE_VALUE, note: 'hi' })]);
    bytes.writeUInt32BE(id, 1);
    expect(await codec.decode(INVOICE, bytes)).toMatchObject({ revision: 9_007_199_254_740_993n, gross: '108.1' });
    bytes.writeUInt32BE(2_000_000_000, 1);
    await expect(async () => codec.decode(INVOICE, bytes)).rejects.toMatchObject({
      name: 'DataError',
      code: 'schema-unknown',
    });
  });
});

// Edited as a person would edit the file, so it is plain JSON.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const sampleFile = new URL('../../../schemas/samples/invoice.v1.r1.json', import.meta.url);
const sample: Json = JSON.parse(readFileSync(sampleFile, 'utf8'));
const INVOICE_VALUE: Json = { ...sample, revision: BigInt(sample.revision) };

function environment({ schema = TOPIC_SCHEMAS[INVOICE] }: { schema?: string } = {}): ApplyOptions {
  return {
    brokers,
    registry,
    topics: [{ name: topic, partitions: 2, config: { 'cleanup.policy': 'compact' } }],
    schemas: [{ topic, schema, compatibility: 'FULL_TRANSITIVE' }],
  };
}

function edited(edit: (schema: Json) => unknown): string {
  const schema: Json = JSON.parse(TOPIC_SCHEMAS[INVOICE]);
  edit(schema);
  return JSON.stringify(schema);
}

const gross = (schema: Json): Json => schema.fields.find((each: Json) => each.name === 'gross');
const drop = (schema: Json, name: string): unknown =>
  (schema.fields = schema.fields.filter((each: Json) => each.name !== name));
const optional = (name: string): Json => ({ name, type: ['null', 'string'], default: null, doc: 'x' });

async function configOf(name: string): Promise<string | undefined> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  return resources[0]?.configEntries.find(({ configName }) => configName === name)?.configValue;
}

async function alter(config: Record<string, string>): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
}
