import { randomInt } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createTopic,
  eventually,
  idempotentProducer,
  randomTopic,
  spawnTs,
  stack,
  type TsProcess,
} from '@tieout/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openConsuming, type Consuming } from '../fixtures/consuming.ts';
import { accountOf } from './consumer-account.ts';

let at: Consuming;
let bundleFile: string;
let running: TsProcess[] = [];

beforeAll(async () => {
  at = await openConsuming();
  bundleFile = path.join(mkdtempSync(path.join(tmpdir(), 'tieout-bundle-')), 'bundle.json');
  writeFileSync(bundleFile, JSON.stringify(at.bundle));
});
afterAll(() => at.close());
beforeEach(() => at.begin());
afterEach(async () => {
  await Promise.all(running.map((one) => one.kill()));
  running = [];
  await at.end();
});

function member(topics: readonly string[], env: Record<string, string> = {}): TsProcess {
  const one = spawnTs(new URL('../fixtures/consumer-process.ts', import.meta.url), {
    env: {
      ...{ BROKERS: stack().brokers.join(','), DATABASE_URL: at.databaseUrl, BUNDLE: bundleFile },
      ...{ GROUP: at.group, TOPICS: topics.join(','), ...env },
    },
  });
  running.push(one);
  return one;
}

const group = (topic: string): string => `${at.group}.${topic}`;

async function acceptedOf(topic: string): Promise<number> {
  return Number((await accountOf(at.dataSource, group(topic), topic)).accepted);
}

/** Every record once, in the effect and in the account. */
async function expectOnce(topic: string, count: number): Promise<void> {
  await eventually(async () => (await acceptedOf(topic)) >= count, {
    timeoutMs: 60_000,
    describe: async () => ({ accepted: await acceptedOf(topic), lines: running.map(({ lines }) => lines.slice(-5)) }),
  });
  const account = await accountOf(at.dataSource, group(topic), topic);
  expect(account).toMatchObject({ balanced: true, accepted: BigInt(count), outcomes: { applied: count } });
  const ids = (await at.effects()).filter(({ value }) => value === topic).map(({ id }) => id);
  expect(ids.toSorted()).toEqual(Array.from({ length: count }, (_, i) => `b${i}`).toSorted());
}

const records = (count: number, from = 0): ReturnType<Consuming['fact']>[] =>
  Array.from({ length: count }, (_, i) => ({ ...at.fact(`b${from + i}`), partition: (from + i) % 2 }));

describe('a consumer process', () => {
  it('that is frozen longer than its session, replaced and woken up does harm to nothing', async () => {
    const frozen = member([at.topic], { RECORD_MS: '20' });
    await frozen.line(/status running/);
    await at.send(...records(200));
    const count = randomInt(1, 12);
    console.info(`frozen after ${count} chunks`);
    await eventually(() => frozen.lines.filter((line) => line.startsWith('applied')).length >= count, {
      intervalMs: 1,
    });
    frozen.signal('SIGSTOP'); // with records fetched, and maybe in the middle of a transaction
    const successor = member([at.topic], { RECORD_MS: '5' });
    await successor.line(/applied/, 40_000);
    await at.send(...records(60, 200));
    await eventually(async () => (await acceptedOf(at.topic)) >= 260, { timeoutMs: 60_000 });
    const said = frozen.lines.length;
    frozen.signal('SIGCONT');
    // It has come to itself: it joined the group again, and whatever it still held went past the position.
    await eventually(() => frozen.lines.slice(said).filter((line) => line === 'status running').length > 10, {
      timeoutMs: 40_000,
      describe: () => frozen.lines.slice(-20),
    });
    await at.send(...records(40, 260));
    await expectOnce(at.topic, 300);
    expect([frozen, successor].map(({ lines }) => lines.filter((line) => line === 'status stopped'))).toEqual([[], []]);
  }, 150_000);

  it('killed again and again under load loses and doubles nothing', async () => {
    await at.send(...records(400));
    for (let round = 0; round < 5; round++) {
      const one = member([at.topic], { RECORD_MS: '2' });
      const chunks = randomInt(1, 20);
      console.info(`round ${round}: killed after ${chunks} chunks`);
      await eventually(
        async () =>
          one.lines.filter((line) => line.startsWith('applied')).length >= chunks ||
          (await acceptedOf(at.topic)) === 400,
        { intervalMs: 1, timeoutMs: 40_000, describe: () => one.lines.slice(-5) },
      );
      await one.kill();
    }
    member([at.topic]);
    await expectOnce(at.topic, 400);
  }, 200_000);

  it('that knows a topic more than its elder stalls neither topic', async () => {
    const added = randomTopic('added');
    await createTopic(added, { partitions: 2 });
    const old = member([at.topic]);
    await old.line(/status running/);
    await at.send(...records(20));
    await expectOnce(at.topic, 20);
    const young = member([at.topic, added]);
    await young.line(/status running running/);
    const producer = idempotentProducer(at.kafka);
    await producer.connect();
    await producer.send({ topic: added, messages: records(20) });
    await producer.disconnect();
    await at.send(...records(20, 20));
    await expectOnce(added, 20);
    await expectOnce(at.topic, 40);
    await old.kill(); // the end of the rolling deploy
    await at.send(...records(20, 40));
    await expectOnce(at.topic, 60);
  }, 120_000);
});
