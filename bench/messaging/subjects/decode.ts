import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { TOPIC_SCHEMAS } from '@tieout/canonical';
import { createCodec, schemaFingerprint } from '@tieout/messaging';
import { recordOf, TOPIC } from '../record.ts';
import { config, say } from '../../parent.ts';

/**
 * Reading records whose writer had an older schema than the reader: with our cached resolver and with the registry client's
 * readerSchema option, per second of processor time.
 */
const { milliseconds } = config<{ milliseconds: number }>();
const READER_ID = 1;
const WRITER_ID = 2;
/** The version before today's: without the last optional field. */
const older = JSON.parse(TOPIC_SCHEMAS[TOPIC]) as { fields: { name: string }[] };
older.fields = older.fields.filter(({ name }) => name !== 'paymentTerms');
const olderText = JSON.stringify(older);

const schemas = Object.entries(TOPIC_SCHEMAS).map(([topic, schema], n) =>
  entry(topic, topic === TOPIC ? READER_ID : n + 10, schema),
);
const codec = createCodec({ bundle: { schemas: [...schemas, entry(TOPIC, WRITER_ID, olderText)] }, registry: null });

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ schema: olderText }));
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const registry = new SchemaRegistry({ host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
const readerSchema = JSON.parse(TOPIC_SCHEMAS[TOPIC]) as never;
const bytes = olderBytes();
say('ready');

say('ours', await rate(() => codec.decode(TOPIC, bytes)));
say('client', await rate(() => registry.decode(bytes, { [SchemaType.AVRO]: { readerSchema } })));
server.close();

function entry(topic: string, id: number, schema: string) {
  return { topic, version: id, id, fingerprint: schemaFingerprint(schema), schema };
}

/** Today's bytes with the field cut out: it is the branch index and the text, just before the credit limit. */
function olderBytes(): Buffer {
  const whole = codec.encode(TOPIC, recordOf(7));
  const text = Buffer.from('Net 30');
  const at = whole.indexOf(text);
  const cut = Buffer.concat([whole.subarray(0, at - 2), whole.subarray(at + text.length)]);
  cut.writeUInt32BE(WRITER_ID, 1);
  return cut;
}

/** Per second of processor time, so that what else runs on the machine matters less. */
async function rate(decode: () => unknown): Promise<{ value: number; cpuSeconds: number }> {
  for (let n = 0; n < 500; n++) await decode();
  let count = 0;
  const started = process.cpuUsage();
  for (const deadline = performance.now() + milliseconds; performance.now() < deadline;)
    for (let n = 0; n < 50; n++, count++) {
      const result = decode();
      if (result instanceof Promise) await result;
    }
  const { user, system } = process.cpuUsage(started);
  const cpuSeconds = (user + system) / 1_000_000;
  return { value: count / cpuSeconds, cpuSeconds };
}
