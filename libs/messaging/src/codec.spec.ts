import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contentHash, fromUnits, TOPIC_NAMES, TOPIC_SCHEMAS, type Invoice, type TopicName } from '@tieout/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema } from './avro-types.ts';
import { createCodec } from './codec.ts';
import { DataError, TransientError } from './errors.ts';
import { checkBundle, schemaFingerprint, type IdBundle } from './schema-registry-bundle.ts';
import { connectRegistry } from './schema-registry.ts';

const INVOICE = 'finance.invoice.v1';
const bundle: IdBundle = {
  schemas: TOPIC_NAMES.map((topic, index) => entry(topic, index + 1, TOPIC_SCHEMAS[topic])),
};
const codec = createCodec({ bundle, registry: null });
const invoiceId = TOPIC_NAMES.indexOf(INVOICE) + 1;

describe('codec', () => {
  it('returns the value that was encoded', () => {
    expect(contentHash(codec.decode(INVOICE, codec.encode(INVOICE, invoice())))).toBe(contentHash(invoice()));
  });

  it('writes the Confluent prefix with the id of the bundle', () => {
    const bytes = codec.encode(INVOICE, invoice());
    expect([bytes[0], bytes.readUInt32BE(1)]).toEqual([0, invoiceId]);
  });

  it('keeps revisions beyond 2^53 exact', async () => {
    const revision = 2n ** 62n + 1n;
    expect((await codec.decode(INVOICE, codec.encode(INVOICE, invoice({ revision })))).revision).toBe(revision);
  });

  it('keeps every decimal(19,4) exact', () => {
    const limit = 10n ** 19n - 1n;
    fc.assert(
      fc.property(fc.bigInt(-limit, limit), (units) => {
        const gross = scaled(units);
        expect(contentHash(codec.decode(INVOICE, codec.encode(INVOICE, invoice({ gross }))))).toBe(
          contentHash(invoice({ gross: canonical(gross) })),
        );
      }),
    );
  });

  it('keeps every decimal(28,10) exact, small and large', async () => {
    const limit = 10n ** 28n - 1n;
    const units = fc.oneof(fc.bigInt(-limit, limit), fc.bigInt(-(2n ** 48n), 2n ** 48n), fc.bigInt(-300n, 300n));
    await fc.assert(
      fc.asyncProperty(units, async (quantity) => {
        const text = fromUnits(quantity, 10);
        const bytes = codec.encode(INVOICE, invoice({ lines: [line({ quantity: text })] }));
        expect((await codec.decode(INVOICE, bytes)).lines[0]?.quantity).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('grows its buffer for a large record', async () => {
    const lines = Array.from({ length: 2_000 }, (_, n) => ({ ...invoice().lines[0]!, lineNumber: n }));
    expect((await codec.decode(INVOICE, codec.encode(INVOICE, invoice({ lines })))).lines).toHaveLength(2_000);
  });

  it.each([
    ['too many decimals', { gross: '1.00001' }, 'too-many-decimals', 'gross'],
    ['an amount that is a number', { gross: 12.5 as never }, 'invalid-decimal', 'gross'],
    ['more digits than the type has', { gross: '9999999999999999' }, 'decimal-overflow', 'gross'],
    [
      'too many decimals in an optional field',
      { lines: [line({ quantity: '0.00000000001' })] },
      'too-many-decimals',
      'lines.0.quantity',
    ],
    ['a missing field', { number: undefined as never }, 'field-missing', 'number'],
    ['a day that does not exist', { issueDate: '2026-02-30' }, 'invalid-date', 'issueDate'],
    [
      'an instant without zone',
      { source: { ...invoice().source, changedAt: '2026-01-01T00:00:00' } },
      'invalid-timestamp',
      'source.changedAt',
    ],
    ['a revision that is a number', { revision: 1 as never }, 'avro-invalid', 'revision: 1 is not a 64-bit bigint'],
    ['a symbol that the schema does not have', { lifecycle: 'LOST' as never }, 'avro-invalid', 'lifecycle'],
    ['a record beyond the limit', { number: 'x'.repeat(1_100_000) }, 'record-too-large', INVOICE],
  ])('refuses %s and names the field', (_, change, code, where) => {
    const error = thrown(() => codec.encode(INVOICE, invoice(change as Partial<Invoice>)));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(where) as string });
  });

  it.each([
    ['another magic byte', (bytes: Buffer) => Buffer.concat([Buffer.from([1]), bytes.subarray(1)]), 'magic-byte'],
    ['fewer bytes than a prefix', () => Buffer.from([0, 0]), 'avro-truncated'],
    ['no bytes', () => Buffer.alloc(0), 'avro-truncated'],
    ['a prefix without value', (bytes: Buffer) => bytes.subarray(0, 5), 'avro-truncated'],
    ['trailing bytes', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([7])]), 'avro-trailing'],
    ['an id of nowhere', (bytes: Buffer) => withId(bytes, 999), 'schema-unknown'],
    ['the id of another topic', (bytes: Buffer) => withId(bytes, 1), 'schema-incompatible'],
    ['more bytes than the limit', () => Buffer.alloc(1_100_000), 'record-too-large'],
  ])('decodes %s to a data error', async (_, damage, code) => {
    const bytes = damage(codec.encode(INVOICE, invoice()));
    const error = await rejected(async () => codec.decode(INVOICE, bytes));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code });
  });

  it('decodes a record that is cut anywhere to a data error', () => {
    const bytes = codec.encode(INVOICE, invoice());
    for (let length = 5; length < bytes.length; length++)
      expect(thrown(() => codec.decode(INVOICE, bytes.subarray(0, length)))).toBeInstanceOf(DataError);
  });

  it('decodes any damaged record to a value or a data error, in bounded time', () => {
    const bytes = codec.encode(INVOICE, invoice());
    fc.assert(
      fc.property(fc.nat(bytes.length - 6), fc.uint8Array({ minLength: 1, maxLength: 12 }), (at, noise) => {
        const damaged = Buffer.from(bytes);
        damaged.set(noise.subarray(0, bytes.length - 5 - at), 5 + at);
        const error = thrown(() => codec.decode(INVOICE, damaged));
        expect(error === null || error instanceof DataError).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses an item count that the record has no bytes for', () => {
    const type = compileSchema({ type: 'array', items: 'string' });
    expect(() => type.fromBuffer(Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]))).toThrow(/items in 0 bytes/);
  });
});

describe('codec with writers of another version', () => {
  it('reads an older record: the new optional field is null', async () => {
    const older = edited(
      INVOICE,
      (schema) => (schema.fields = schema.fields.filter(({ name }: { name: string }) => name !== 'contractId')),
    );
    const { contractId: _, ...rest } = invoice();
    const value = await decodeFrom(older, rest);
    expect(value).toMatchObject({ contractId: null, gross: '112.35' });
  });

  it('reads a symbol that is newer than itself as UNKNOWN', async () => {
    const newer = edited(INVOICE, (schema) =>
      schema.fields.find(({ name }: { name: string }) => name === 'lifecycle').type.symbols.push('FACTORED'),
    );
    expect(await decodeFrom(newer, { ...invoice(), lifecycle: 'FACTORED' })).toMatchObject({ lifecycle: 'UNKNOWN' });
  });

  it('refuses a writer with another decimal scale instead of reading amounts 100 times too big', async () => {
    const other = edited(
      INVOICE,
      (schema) => (schema.fields.find(({ name }: { name: string }) => name === 'gross').type.scale = 2),
    );
    await expect(async () => decodeFrom(other, invoice())).rejects.toMatchObject({ code: 'schema-incompatible' });
  });
});

describe('codec and the registry', () => {
  it('reads ids of the bundle while the registry is down, and calls an unknown id transient', async () => {
    const down = createCodec({ bundle, registry: connectRegistry({ url: 'http://127.0.0.1:1' }) });
    expect(await down.decode(INVOICE, codec.encode(INVOICE, invoice()))).toMatchObject({ number: 'INV-1' });
    const error = await rejected(async () => down.decode(INVOICE, withId(codec.encode(INVOICE, invoice()), 999)));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ code: 'registry-unreachable' });
  });

  it('calls an unknown id transient when the registry hangs or fails', async () => {
    await withHttp(
      (_, response) => void response.writeHead(500).end(),
      async (url) => {
        await expect(connectRegistry({ url }).fetch(1)).rejects.toBeInstanceOf(TransientError);
      },
    );
    await withHttp(
      () => undefined,
      async (url) => {
        await expect(connectRegistry({ url, timeoutMs: 100 }).fetch(1)).rejects.toBeInstanceOf(TransientError);
      },
    );
  });

  it('asks the registry once in half a minute for an id that it does not have', async () => {
    let asked = 0;
    let time = 0;
    await withHttp(
      (_, response) => {
        asked += 1;
        response
          .writeHead(404, { 'content-type': 'application/json' })
          .end('{"error_code":40403,"message":"not found"}');
      },
      async (url) => {
        const registry = connectRegistry({ url }, () => time);
        for (let n = 0; n < 3; n++) await expect(registry.fetch(7)).rejects.toMatchObject({ code: 'schema-unknown' });
        expect(asked).toBe(1);
        time = 31_000;
        await expect(registry.fetch(7)).rejects.toBeInstanceOf(DataError);
        expect(asked).toBe(2);
      },
    );
  });
});

describe('id bundle', () => {
  it('stops a service whose schema was not applied', () => {
    const others = { schemas: bundle.schemas.filter(({ topic }) => topic !== INVOICE) };
    expect(() => checkBundle(others)).toThrow(/apply the contracts/);
  });

  it('stops on a schema that is not the one of its fingerprint', () => {
    const [first, ...rest] = bundle.schemas;
    expect(() => checkBundle({ schemas: [{ ...first!, schema: '"string"' }, ...rest] })).toThrow(/fingerprint/);
  });

  it('stops on an id that stands for two schemas', () => {
    expect(() => checkBundle({ schemas: bundle.schemas.map((each) => ({ ...each, id: 1 })) })).toThrow(/two schemas/);
  });

  it('tells schemas apart that differ only in scale', () => {
    const text = TOPIC_SCHEMAS[INVOICE];
    expect(schemaFingerprint(text.replace('"scale":4', '"scale":2'))).not.toBe(schemaFingerprint(text));
  });
});

function entry(topic: string, id: number, schema: string): IdBundle['schemas'][number] {
  return { topic, version: 1, id, fingerprint: schemaFingerprint(schema), schema };
}

function line(change: Partial<Invoice['lines'][number]> = {}): Invoice['lines'][number] {
  return {
    lineNumber: 1,
    itemCode: null,
    description: 'Café',
    quantity: '1.5',
    unitPrice: '66.6667',
    net: '100',
    tax: '12.35',
    ...change,
  };
}

function invoice(change: Partial<Invoice> = {}): Invoice {
  return {
    invoiceId: 'b7a1',
    revision: 3n,
    lifecycle: 'OPEN',
    number: 'INV-1',
    legalEntityId: 'le',
    customerAccountId: null,
    customerId: 'c',
    contractId: null,
    currency: 'USD',
    issueDate: '2013-01-02',
    dueDate: null,
    period: '2013-01',
    net: '100',
    tax: '12.35',
    gross: '112.35',
    paid: '0',
    credited: '-1.5',
    open: '112.35',
    disputed: false,
    lines: [line()],
    reversalOf: null,
    source: {
      system: 'netsuite',
      instance: 'main',
      entity: 'invoice',
      id: '1',
      version: null,
      changedAt: '2013-01-02T10:00:00.000Z',
    },
    ...change,
  };
}

// The schema is edited as a person would, so it is plain JSON here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function edited(topic: TopicName, edit: (schema: any) => unknown): string {
  const schema: unknown = JSON.parse(TOPIC_SCHEMAS[topic]);
  edit(schema);
  return JSON.stringify(schema);
}

async function decodeFrom(writerSchema: string, value: unknown): Promise<Invoice> {
  const bytes = compileSchema(JSON.parse(writerSchema) as never).toBuffer(value);
  const both = createCodec({
    bundle: { schemas: [...bundle.schemas, entry(INVOICE, 500, writerSchema)] },
    registry: null,
  });
  return both.decode(INVOICE, withId(Buffer.concat([Buffer.alloc(5), bytes]), 500));
}

function withId(bytes: Buffer, id: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE(id, 1);
  return copy;
}

function scaled(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(5, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

const canonical = (text: string): string => text.replace(/\.?0+$/, '').replace(/^-0$/, '0');

function thrown(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}

async function rejected(run: () => Promise<unknown>): Promise<unknown> {
  return run().then(
    () => null,
    (error: unknown) => error,
  );
}

async function withHttp(
  handler: Parameters<typeof createServer>[1],
  run: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
