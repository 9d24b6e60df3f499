import { TOPIC_NAMES, TOPIC_SCHEMAS } from '@tieout/canonical';
import { createCodec, DataError, schemaFingerprint } from '@tieout/messaging';
import { createRandom } from '@tieout/testing/programs';
import { describe, expect, it } from 'vitest';
import { generate, valueOf } from './generate.ts';
import { fuzz, rawly, withSchemaId, written } from './spoil.ts';

const TOPIC = 'finance.invoice.v1';
const schemas = TOPIC_NAMES.map((topic, n) => {
  const schema = TOPIC_SCHEMAS[topic];
  return { topic, version: 1, id: n + 1, fingerprint: schemaFingerprint(schema), schema };
});
const codec = createCodec({ bundle: { schemas }, registry: null });
const [event] = generate({ seed: 1, input: TOPIC, events: 1, keys: 1 });
const invoice = valueOf(TOPIC, event ?? fail());
const value = codec.encode(TOPIC, invoice as never);

describe('spoiling a value', () => {
  it('rewrites it by any schema, and without its logical types, byte for byte', () => {
    const id = value.readUInt32BE(1);
    expect(written(TOPIC_SCHEMAS[TOPIC], id, codec.decode(TOPIC, value))).toEqual(value);
    expect(rawly(TOPIC, value, () => undefined)).toEqual(value);
  });

  it('makes a decimal that no reader may take', () => {
    const overflown = rawly(TOPIC, value, (fields) => void (fields['gross'] = Buffer.alloc(40, 0x7f)));
    expect(() => codec.decode(TOPIC, overflown)).toThrow(DataError);
  });

  it('changes the schema id and leaves the original alone', () => {
    const before = Buffer.from(value);
    expect(withSchemaId(value, 77).readUInt32BE(1)).toBe(77);
    expect(value).toEqual(before);
  });

  it('fuzzes the same way for the same seed, and never crashes a reader by anything but a DataError', async () => {
    const run = (seed: number): Buffer[] => {
      const random = createRandom(seed, 'fuzz');
      return Array.from({ length: 500 }, () => fuzz(value, random));
    };
    expect(run(1)).toEqual(run(1));
    let refused = 0;
    for (const bytes of run(2)) {
      try {
        await codec.decode(TOPIC, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(300);
  });
});

function fail(): never {
  throw new Error('no event');
}
