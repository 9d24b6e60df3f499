import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { TOPIC_SCHEMAS, type Invoice } from '@tieout/canonical';
import { goldenSamples } from '@tieout/contracts';
import { createCodec, schemaFingerprint } from '@tieout/messaging';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * How much the cached resolver saves: our codec against the registry client's decode, on the golden invoice, with the
 * reader's schema given (as a consumer must, or an older reader fails on newer records). Prints ratios, for the machine does
 * not matter then. Run: node --import tsx bench/codec.ts
 */
const TOPIC = 'finance.invoice.v1';
const ID = 1;
const schemas = Object.entries(TOPIC_SCHEMAS).map(([topic, schema], n) => ({
  topic,
  version: 1,
  id: topic === TOPIC ? ID : n + 100,
  fingerprint: schemaFingerprint(schema),
  schema,
}));
const codec = createCodec({ bundle: { schemas }, registry: null });
const invoice = goldenSamples().find(({ topic }) => topic === TOPIC)?.value as Invoice;
// The client's long throws beyond 2^53, which the golden invoice has on purpose.
const bytes = codec.encode(TOPIC, { ...invoice, revision: 3n });

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ schema: TOPIC_SCHEMAS[TOPIC] }));
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const registry = new SchemaRegistry({ host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
const readerSchema = JSON.parse(TOPIC_SCHEMAS[TOPIC]) as never;

const ours = await rate(() => codec.decode(TOPIC, bytes));
const client = await rate(() => registry.decode(bytes));
const withReader = await rate(() => registry.decode(bytes, { [SchemaType.AVRO]: { readerSchema } }));
const encode = await rate(() => codec.encode(TOPIC, invoice));
server.close();

console.log(`record of ${bytes.length} bytes, 2 lines, 10 decimals`);
console.log(`our decode                          ${format(ours)}`);
console.log(
  `registry client, no reader schema   ${format(client)}  (amounts stay bytes, ours is ${(ours / client).toFixed(1)}x)`,
);
console.log(`registry client, reader schema      ${format(withReader)}  (ours is ${(ours / withReader).toFixed(0)}x)`);
console.log(`our encode                          ${format(encode)}`);

/** Per second of processor time, so that what else runs on the machine matters less. */
async function rate(run: () => unknown): Promise<number> {
  for (let n = 0; n < 500; n++) await run();
  let count = 0;
  const started = process.cpuUsage();
  const deadline = performance.now() + 2_000;
  while (performance.now() < deadline)
    for (let n = 0; n < 50; n++, count++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
  const { user, system } = process.cpuUsage(started);
  return (count / (user + system)) * 1_000_000;
}

function format(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString('en-US').padStart(9)}/s`;
}
