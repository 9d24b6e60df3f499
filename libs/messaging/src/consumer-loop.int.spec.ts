import { randomBytes, randomUUID } from 'node:crypto';
import { createTopic, eventually, randomTopic } from '@tieout/testing';
import type { Message } from 'kafkajs';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entity, FACT, openConsuming, receipt, STATE, upsert, store, type Consuming } from '../fixtures/consuming.ts';
import type { ConsumerLoop } from './consumer-loop.ts';
import { DataError, MisconfiguredError, TransientError } from './errors.ts';
import { decodeHeaders } from './record-headers.ts';

let at: Consuming;

beforeAll(async () => {
  at = await openConsuming();
});
afterAll(() => at.close());
beforeEach(() => at.begin());
afterEach(() => at.end());

describe('consuming once', () => {
  it('applies every record once and counts each', async () => {
    at.consume(FACT, store);
    await at.send(...Array.from({ length: 50 }, (_, i) => at.fact(`b${i}`)));
    await at.accepted(50);
    expect(await at.outcomes()).toEqual({ applied: 50 });
    expect(await at.effects()).toHaveLength(50);
  });

  it('is not behind when what follows was aborted', async () => {
    await at.send(at.fact('first'));
    const producer = at.kafka.producer({ transactionalId: randomTopic('aborted'), maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: at.topic, messages: [at.fact('never'), at.fact('never')] });
    const loop = at.consume(FACT, store);
    const lag = (): number | undefined => loop.status().lag[0];
    await eventually(() => lag() === 2, { describe: () => loop.status() });
    await transaction.abort();
    await eventually(() => lag() === 0, { describe: () => loop.status() });
    await producer.disconnect();
    expect(await at.outcomes()).toEqual({ applied: 1 });
  });

  it('changes the store once when the broker forgets how far the group was', async () => {
    await at.send(at.fact('a'), at.fact('b'));
    const first = at.consume(FACT, store);
    await at.accepted(2);
    await first.stop();
    const admin = at.kafka.admin();
    await admin.connect();
    await admin.resetOffsets({ groupId: at.group, topic: at.topic, earliest: true });
    await admin.disconnect();
    at.consume(FACT, store);
    await at.send(at.fact('c'));
    await at.accepted(3);
    expect((await at.effects()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('reads again what a restored database has forgotten', async () => {
    await at.send(at.fact('a'), at.fact('b'), at.fact('c'));
    const first = at.consume(FACT, store);
    await at.accepted(3);
    await first.stop();
    await at.dataSource.query(
      `UPDATE consumer_position SET next_offset = 1, last_offset = NULL, accepted = 1, outcomes = '{"applied": 1}'`,
    );
    await at.dataSource.query(`DELETE FROM effect WHERE id <> 'a'`);
    await at.dataSource.query('TRUNCATE inbox');
    at.consume(FACT, store); // the broker's offset is ahead of the position, and nothing new arrives
    await at.accepted(3);
    expect((await at.effects()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('starts at the log start when its database is empty, whatever the broker remembers of the group', async () => {
    await at.send(at.fact('a'), at.fact('b'));
    const first = at.consume(FACT, store);
    await at.accepted(2);
    await first.stop();
    await at.dataSource.query('TRUNCATE consumer_position, inbox, effect');
    at.consume(FACT, store);
    await at.accepted(2);
    expect((await at.effects()).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('drops the same event at another offset as a duplicate', async () => {
    const one = at.fact('a');
    at.consume(FACT, store);
    await at.send(one, one, at.fact('b'));
    await at.accepted(3);
    expect(await at.outcomes()).toEqual({ applied: 2, duplicate: 1 });
  });

  it('makes a dead letter of an event that comes again with other content', async () => {
    at.consume(FACT, store);
    const id = randomUUID();
    await at.send(at.fact('a', 'load', id), at.fact('a', 'changed', id));
    await at.accepted(2);
    expect(await at.outcomes()).toEqual({ applied: 1, 'dead-lettered': 1 });
    expect(await at.dead()).toMatchObject([{ status: 'open', error_code: 'event-id-conflict' }]);
    expect(await at.effects()).toEqual([{ id: 'a', value: 'load' }]);
  });

  it('supersedes an older revision of a state', async () => {
    at.consume(STATE, upsert);
    await at.send(at.event(STATE, 'e', entity('e', 2n, 'new')), at.event(STATE, 'e', entity('e', 1n, 'old')));
    await at.accepted(2);
    expect(await at.outcomes()).toEqual({ applied: 1, superseded: 1 });
    expect(await at.dataSource.query('SELECT name FROM entity')).toEqual([{ name: 'new' }]);
  });
});

describe('bad records', () => {
  const good: Consuming['fact'] = (...args) => at.fact(...args);
  const broken: [string, string, () => Message][] = [
    ['that are not Avro', 'magic-byte', () => ({ ...good('x'), value: Buffer.from('hello') })],
    [
      'whose Avro is cut short',
      'truncated',
      () => ({ ...good('x'), value: (good('x').value as Buffer).subarray(0, 12) }),
    ],
    [
      'with a schema id that nobody knows',
      'schema-unknown',
      () => ({ ...good('x'), value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]) }),
    ],
    ['without an event id', 'header-missing', () => ({ ...good('x'), headers: {} })],
    ['without a key', 'key-missing', () => ({ ...good('x'), key: null })],
  ];

  it.each(broken)('%s are kept byte for byte, counted, and the rest flows', async (_, _code, make) => {
    const bad = make();
    at.consume(FACT, store);
    await at.send(good('a'), { ...bad, partition: 0 }, good('b'));
    await at.accepted(3);
    expect(await at.outcomes()).toEqual({ applied: 2, 'dead-lettered': 1 });
    const [letter] = await at.dead();
    expect(letter).toMatchObject({ status: 'open', reason: 'data' });
    expect(letter?.value).toEqual(bad.value);
    const [event] = await at.dataSource.query<{ topic: string; headers: Buffer; value: Buffer }[]>(
      'SELECT topic, headers, value FROM outbox',
    );
    expect(event?.topic).toBe('finance.dead-letter.v1');
    const headers = Object.entries(decodeHeaders(event?.headers ?? Buffer.alloc(0)));
    const family = headers.map(([name, [text]]) => [name, text?.toString()] as const);
    expect(family).toContainEqual(['ce_type', 'finance.dead-letter.v1']);
    expect(Object.fromEntries(family.filter(([name]) => name.startsWith('__connect.errors.')))).toEqual({
      '__connect.errors.topic': at.topic,
      '__connect.errors.partition': '0',
      '__connect.errors.offset': '1',
      '__connect.errors.connector.name': at.group,
      '__connect.errors.task.id': '0',
      '__connect.errors.stage': expect.stringMatching(/^(KEY|HEADER|VALUE)_CONVERTER$/) as string,
      '__connect.errors.class.name': 'test:codec',
      '__connect.errors.exception.class.name': 'DataError',
      '__connect.errors.exception.message': expect.any(String) as string,
      '__connect.errors.exception.stacktrace': expect.stringContaining('DataError') as string,
    });
    const repeated = await at.codec.decode('finance.dead-letter.v1', event?.value ?? Buffer.alloc(0));
    expect(repeated).toMatchObject({ key: bad.key === null ? null : Buffer.from('x'), value: bad.value });
    expect(repeated.headers.length).toBe(Object.keys(bad.headers ?? {}).length);
  });

  it('are found among good ones when only the handler can tell', async () => {
    at.consume(FACT, async (deliveries, tx) => {
      if (deliveries.some(({ value }) => value?.batchId === 'b13')) throw new DataError('amount', 'wrong amount');
      return store(deliveries, tx);
    });
    await at.send(...Array.from({ length: 40 }, (_, i) => at.fact(`b${i}`)));
    await at.accepted(40);
    expect(await at.outcomes()).toEqual({ applied: 39, 'dead-lettered': 1 });
    expect(await at.dead()).toMatchObject([{ error_code: 'amount', key: Buffer.from('b13') }]);
  });

  it('hold their key on a fact topic while other keys flow', async () => {
    at.consume(FACT, async (deliveries, tx) => {
      if (deliveries.some(({ value }) => value?.action === 'poison')) throw new DataError('poison', 'no');
      return store(deliveries, tx);
    });
    await at.send(at.event(FACT, 'k', receipt('k1', 'poison')), at.event(FACT, 'k', receipt('k2')), at.fact('other'));
    await at.accepted(3);
    await at.send(at.event(FACT, 'k', receipt('k3')));
    await at.accepted(4);
    expect(await at.outcomes()).toEqual({ applied: 1, 'dead-lettered': 1, parked: 2 });
    expect((await at.dead()).map(({ status }) => status)).toEqual(['open', 'parked', 'parked']);
    expect((await at.effects()).map(({ id }) => id)).toEqual(['other']);
  });

  it('are superseded on a state topic by a later good revision', async () => {
    at.consume(STATE, upsert);
    await at.send({ ...at.event(STATE, 'e', entity('e', 1n, 'bad')), value: Buffer.from('junk') });
    await at.accepted(1);
    await at.send(at.event(STATE, 'e', entity('e', 2n, 'good')));
    await at.accepted(2);
    expect(await at.dead()).toMatchObject([{ status: 'superseded' }]);
    expect(await at.dataSource.query('SELECT name FROM entity')).toEqual([{ name: 'good' }]);
  });

  it('that come last do not stop the consumer when it starts again', async () => {
    const first = at.consume(FACT, store);
    await at.send(at.fact('a'), { ...at.fact('x'), value: Buffer.from('junk') });
    await at.accepted(2);
    await first.stop();
    const second = at.consume(FACT, store);
    await at.send(at.fact('b'));
    await at.accepted(3);
    expect(second.status().state).toBe('running');
    expect(await at.outcomes()).toEqual({ applied: 2, 'dead-lettered': 1 });
  });

  it('of a newer revision are not hidden by an older good one', async () => {
    at.consume(STATE, upsert);
    await at.send(at.event(STATE, 'e', entity('e', 1n, 'old')), {
      ...at.event(STATE, 'e', entity('e', 2n, 'new')),
      value: Buffer.from('junk'),
    });
    await at.accepted(2);
    expect(await at.dead()).toMatchObject([{ status: 'open' }]);
  });

  it.each([
    ['whose key is no text', { key: Buffer.from([0, 0, 0, 7]), value: Buffer.from('junk') }],
    ['as large as the broker takes', { key: Buffer.from('large'), value: Buffer.alloc(1_048_000, 'x') }],
    ['whose key is as large as an index never takes', { key: randomBytes(400_000), value: Buffer.from('junk') }],
  ])('%s are kept too', async (_, message) => {
    at.consume(FACT, store);
    await at.send({ ...message, partition: 0 }, at.fact('after'));
    await at.accepted(2);
    expect(await at.dead()).toMatchObject([{ status: 'open', key: message.key, value: message.value }]);
    expect(await at.dataSource.query('SELECT topic FROM outbox')).toEqual([{ topic: 'finance.dead-letter.v1' }]);
  });

  it('are not made of good ones by a broken handler: the consumer stops', async () => {
    const loop = at.consume(FACT, () => Promise.reject(new TypeError('broken')));
    await at.send(...Array.from({ length: 200 }, (_, i) => at.fact(`b${i}`)));
    await eventually(() => loop.status().state === 'stopped', { describe: 'the consumer to stop' });
    expect(loop.status().reason).toContain('the handler is broken');
    expect(await at.dead()).toHaveLength(20);
  });

  it('that trip a bug are tried three times, kept with the stack, and the consumer goes on', async () => {
    let tries = 0;
    at.consume(FACT, async (deliveries, tx) => {
      if (deliveries.some(({ value }) => value?.batchId === 'bug') && ++tries > 0)
        throw new TypeError('undefined is not a function');
      return store(deliveries, tx);
    });
    await at.send(at.fact('bug'));
    await at.accepted(1);
    await at.send(at.fact('after'));
    await at.accepted(2);
    expect(tries).toBe(3);
    const [letter] = await at.dead();
    expect(letter).toMatchObject({ reason: 'bug', attempts: 3 });
    expect(letter?.stack).toContain('TypeError');
  });
});

describe('trouble that passes', () => {
  it('pauses one partition, lets the other flow, and applies once when it is over', async () => {
    let down = true;
    const loop = at.consume(FACT, async (deliveries, tx) => {
      if (down && deliveries.some(({ partition }) => partition === 0)) throw new TransientError('vendor-away', 'later');
      return store(deliveries, tx);
    });
    await at.send(at.fact('held'), { ...at.fact('free'), partition: 1 });
    await eventually(async () => (await at.effects()).length === 1, { describe: 'the healthy partition to flow' });
    await eventually(() => loop.status().state === 'retrying', { describe: 'the trouble to show' });
    expect(loop.status().reason).toContain('later');
    down = false;
    await at.accepted(2);
    await eventually(() => loop.status().state === 'running', { describe: 'the trouble to be over' });
    expect((await at.effects()).map(({ id }) => id)).toEqual(['free', 'held']);
  });
});

describe('work that only the owner of a partition may do', () => {
  it('gets its turn when idle and between chunks, never beside a chunk of its partition', async () => {
    const turns = new Map<number, number>();
    let inChunk: number | null = null;
    let beside = 0;
    at.consume(
      FACT,
      async (deliveries, tx) => {
        inChunk = deliveries[0]?.partition ?? null;
        const outcomes = await store(deliveries, tx);
        inChunk = null;
        return outcomes;
      },
      {
        maxChunk: 5,
        partitionTasks: [
          async (_, partition) => {
            if (partition === inChunk) beside += 1;
            turns.set(partition, (turns.get(partition) ?? 0) + 1);
          },
        ],
      },
    );
    await eventually(() => turns.has(0) && turns.has(1), { describe: 'idle turns in both partitions' });
    const before = turns.get(0) ?? 0;
    await at.send(...Array.from({ length: 50 }, (_, i) => at.fact(`b${i}`)));
    await at.accepted(50);
    await eventually(() => (turns.get(0) ?? 0) >= before + 10, { describe: 'a turn after every chunk' });
    expect(beside).toBe(0);
  });
});

describe('a consumer that is stopped', () => {
  it('gives up looking for its positions', async () => {
    let looks = 0;
    const counting = pino(
      { level: 'warn' },
      { write: (line) => void (looks += line.includes('retried in place') ? 1 : 0) },
    );
    await at.dataSource.query('ALTER TABLE consumer_position RENAME TO hidden');
    try {
      const loop = at.consume(FACT, store, { logger: counting });
      await eventually(() => looks >= 2, { describe: 'it to look twice' });
      expect(loop.status()).toMatchObject({ state: 'retrying' });
      await loop.stop();
      const before = looks;
      await expect(eventually(() => looks > before, { timeoutMs: 3_000 })).rejects.toThrow();
    } finally {
      await at.dataSource.query('ALTER TABLE hidden RENAME TO consumer_position');
    }
  });
});

describe('a consumer that needs a person', () => {
  it('stays stopped when work that was under way in another partition succeeds', async () => {
    let loop: ConsumerLoop | null = null;
    let calls = 0;
    loop = at.consume(FACT, async (deliveries, tx) => {
      calls += 1;
      if (deliveries.some(({ partition }) => partition === 0)) throw new MisconfiguredError('wrong', 'set it right');
      await eventually(() => loop?.status().state === 'stopped');
      return store(deliveries, tx);
    });
    await at.send({ ...at.fact('slow'), partition: 1 }, at.fact('stops'));
    await eventually(async () => (await at.effects()).length === 1, { describe: 'the work under way to be finished' });
    const before = calls;
    await at.send(at.fact('more'));
    // Longer than it takes to make a new consumer, which must not happen.
    await expect(eventually(() => calls > before, { timeoutMs: 4_000 })).rejects.toThrow();
    expect(loop.status()).toMatchObject({
      state: 'stopped',
      reason: expect.stringContaining('set it right') as string,
    });
  });
});

describe('a log that is not the one that was read', () => {
  it('stops the consumer when unread records were trimmed', async () => {
    await at.send(at.fact('a'), at.fact('b'), at.fact('c'), at.fact('d'));
    const first = at.consume(FACT, store);
    await at.accepted(4);
    await first.stop();
    await at.dataSource.query(
      `UPDATE consumer_position SET next_offset = 1, last_offset = NULL, accepted = 1, outcomes = '{"applied": 1}'`,
    );
    const admin = at.kafka.admin();
    await admin.connect();
    await admin.resetOffsets({ groupId: at.group, topic: at.topic, earliest: true });
    await admin.deleteTopicRecords({ topic: at.topic, partitions: [{ partition: 0, offset: '3' }] });
    await admin.disconnect();
    const second = at.consume(FACT, store);
    await eventually(() => second.status().state === 'stopped', { describe: 'the consumer to stop' });
    expect(second.status().reason).toContain('log starts at 3, the position is 1');
  });

  it.each([
    ['and has grown longer', ['x', 'y', 'z']],
    ['and is shorter', ['x']],
    ['and is empty', []],
  ])('stops the consumer when the topic was made again %s', async (_, again) => {
    await at.send(at.fact('a'), at.fact('b'));
    const first = at.consume(FACT, store);
    await at.accepted(2);
    await first.stop();
    const admin = at.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [at.topic] });
    await eventually(async () => !(await admin.listTopics()).includes(at.topic), { describe: 'the topic to be gone' });
    await createTopic(at.topic, { partitions: 2 });
    await admin.disconnect();
    if (again.length > 0) await at.send(...again.map((key) => at.fact(key)));
    const second = at.consume(FACT, store);
    await eventually(() => second.status().state === 'stopped', { describe: 'the consumer to stop' });
    expect(await at.effects()).toHaveLength(2);
  });
});
