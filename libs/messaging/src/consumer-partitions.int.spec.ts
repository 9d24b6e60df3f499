import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TOPIC_SCHEMAS } from '@tieout/canonical';
import { createTopic, eventually, stack } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entity, FACT, openConsuming, STATE, store, upsert, type Consuming } from '../fixtures/consuming.ts';
import { createCodec } from './codec.ts';
import { accountOf } from './consumer-account.ts';
import type { ConsumerLoop } from './consumer-loop.ts';
import { applied } from './consumer-spec.ts';
import { TransientError } from './errors.ts';
import { connectRegistry, registerSchema } from './schema-registry.ts';

let at: Consuming;

beforeAll(async () => {
  at = await openConsuming();
});
afterAll(() => at.close());
beforeEach(() => at.begin(3));
afterEach(() => at.end());

const never = (): Promise<never> => new Promise(() => undefined);
const running = (loop: ConsumerLoop): Promise<unknown> =>
  eventually(() => loop.status().state === 'running', { describe: () => loop.status() });

describe('partitions', () => {
  it('that are healthy have a p99 below a second while one takes two seconds for a record', async () => {
    const seen: number[] = [];
    const loop = at.consume(FACT, async (deliveries) => {
      const slow = deliveries.filter(({ partition }) => partition === 0).length;
      if (slow > 0) await new Promise((done) => setTimeout(done, slow * 2_000));
      else seen.push(...deliveries.map(({ timestamp }) => Date.now() - timestamp.getTime()));
      return deliveries.map(() => applied);
    });
    await running(loop);
    await at.send(...Array.from({ length: 50 }, (_, i) => at.fact(`slow${i}`)));
    for (let round = 0; round < 20; round++) {
      const batch = Array.from({ length: 10 }, (_, i) => ({
        ...at.fact(`healthy${round}/${i}`),
        partition: 1 + (i % 2),
        timestamp: String(Date.now()),
      }));
      await at.send(...batch);
      await eventually(() => seen.length >= (round + 1) * 10, { describe: () => seen.length });
    }
    const p99 = seen.toSorted((a, b) => a - b)[Math.floor(seen.length * 0.99)] ?? Infinity;
    console.info(`healthy: p99 ${p99} ms over ${seen.length} records`);
    expect(p99).toBeLessThan(1_000);
  });

  it('that are slow hold no more than their queue in memory, and lose nothing', async () => {
    let open = false;
    at.consume(
      FACT,
      async (deliveries, tx) => {
        if (!open && deliveries.some(({ partition }) => partition === 0)) throw new TransientError('away', 'later');
        return store(deliveries, tx);
      },
      { maxChunk: 10 },
    );
    const many = Array.from({ length: 300 }, (_, i) => at.fact(`b${i}`));
    for (let from = 0; from < 300; from += 20) await at.send(...many.slice(from, from + 20));
    await at.send({ ...at.fact('free'), partition: 1 });
    await eventually(async () => (await at.effects()).length === 1, { describe: 'the healthy partition to flow' });
    open = true;
    await at.accepted(301);
    expect(await at.effects()).toHaveLength(301);
  });
});

describe('a handler that never answers', () => {
  it('shows within 15 s, is given up, loses its connection, and its record becomes a dead letter', async () => {
    let calls = 0;
    const loop = at.consume(
      FACT,
      async (deliveries, tx) => {
        const outcomes = await store(deliveries, tx);
        if (deliveries.some(({ value }) => value?.batchId === 'b7') && ++calls > 0) await never();
        return outcomes;
      },
      { timing: { hungAfterMs: 3_000, stuckAfterMs: 300 } },
    );
    await running(loop);
    await at.send(...Array.from({ length: 20 }, (_, i) => at.fact(`b${i}`)), { ...at.fact('other'), partition: 1 });
    const stuck = await eventually(() => (loop.status().state === 'stuck' ? loop.status() : null), { intervalMs: 5 });
    expect(stuck.reason).toContain('no progress for');
    await at.accepted(21);
    expect(await at.outcomes()).toEqual({ applied: 20, 'dead-lettered:bug': 1 });
    expect(await at.dead()).toMatchObject([{ key: Buffer.from('b7'), reason: 'bug' }]);
    expect((await at.effects()).filter(({ id }) => id === 'b7')).toEqual([]);
    expect(calls).toBeGreaterThanOrEqual(3);
    await eventually(() => loop.status().state === 'running', { describe: () => loop.status() });
    const idle = `SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`;
    await eventually(async () => (await at.dataSource.query<[{ open: number }]>(idle))[0].open === 0);
  });

  it('frees the locks of a statement that the database is still at', async () => {
    let hangs = true;
    const loop = at.consume(
      FACT,
      async (deliveries, tx) => {
        if (hangs) await tx.query('SELECT pg_sleep(600)');
        return store(deliveries, tx);
      },
      { timing: { hungAfterMs: 1_000 } },
    );
    await running(loop);
    await at.send(at.fact('a'), at.fact('b'));
    await eventually(() => loop.status().busyMs > 100, { intervalMs: 5, describe: 'the statement to run' });
    hangs = false;
    await at.accepted(2);
    expect(await at.outcomes()).toEqual({ applied: 2 });
    const sleeping = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'`;
    await eventually(async () => (await at.dataSource.query<[{ n: number }]>(sleeping))[0].n === 0);
  });
});

describe('a position that moves', () => {
  it('back under a running consumer, by a restored database, is followed and duplicates are absorbed', async () => {
    const loop = at.consume(STATE, upsert);
    const states = (from: number, count: number): ReturnType<Consuming['event']>[] =>
      Array.from({ length: count }, (_, i) => at.event(STATE, `e${from + i}`, entity(`e${from + i}`, 1n, 'x')));
    await at.send(...states(0, 10));
    await at.accepted(10);
    await at.dataSource.query(
      `UPDATE consumer_position SET next_offset = 4, accepted = 4, last_offset = 3, outcomes = '{"applied": 4}',
         last_event_id = $1`,
      [(await eventIdAt(3)) ?? ''],
    );
    await at.dataSource.query(`DELETE FROM entity WHERE id IN ('e8', 'e9')`);
    await at.send(...states(10, 5));
    await at.accepted(15);
    expect(await at.outcomes()).toEqual({ applied: 11, superseded: 4 });
    expect(await at.dataSource.query('SELECT count(*)::int AS n FROM entity')).toEqual([{ n: 15 }]);
    expect(loop.status().state).toBe('running');
  });

  it('of another cluster stops the consumer', async () => {
    await at.send(at.fact('a'));
    const first = at.consume(FACT, store);
    await at.accepted(1);
    await first.stop();
    const second = at.consume(FACT, store, { clusterId: 'another' });
    await eventually(() => second.status().state === 'stopped', { describe: () => second.status() });
    expect(second.status().reason).toContain('belongs to cluster test-cluster');
  });

  it('out of the log under a running consumer, by trimming, stops it', async () => {
    let away = true;
    const loop = at.consume(
      FACT,
      (deliveries, tx) => (away ? Promise.reject(new TransientError('away', 'later')) : store(deliveries, tx)),
      { maxChunk: 2 },
    );
    await at.send(...Array.from({ length: 5 }, (_, i) => at.fact(`b${i}`)));
    await eventually(() => loop.status().reason?.includes('later'), { describe: () => loop.status() });
    for (let n = 0; n < 10; n++) await at.send(at.fact(`more${n}`)); // beyond the queue: these were never fetched
    const admin = at.kafka.admin();
    await admin.connect();
    await admin.fetchTopicOffsets(at.topic); // loads what the next call needs
    await admin.deleteTopicRecords({ topic: at.topic, partitions: [{ partition: 0, offset: '15' }] });
    await admin.disconnect();
    away = false;
    await eventually(() => loop.status().state === 'stopped', { timeoutMs: 40_000, describe: () => loop.status() });
    expect(loop.status().reason).toMatch(/log starts at 15, the position is \d+: records were lost unread/);
  });

  it.each([
    ['shorter', 1],
    ['longer', 12],
  ])('nowhere, because the topic was made again under a running consumer and is %s, stops it', async (_, count) => {
    const loop = at.consume(FACT, store);
    await at.send(...Array.from({ length: 6 }, (_, i) => at.fact(`b${i}`)));
    await at.accepted(6);
    const admin = at.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [at.topic] });
    await eventually(async () => !(await admin.listTopics()).includes(at.topic), { describe: 'the topic to be gone' });
    await createTopic(at.topic, { partitions: 3 });
    await admin.disconnect();
    await at.send(...Array.from({ length: count }, (_, i) => at.fact(`new${i}`)));
    await eventually(() => loop.status().state === 'stopped', { timeoutMs: 50_000, describe: () => loop.status() });
    expect(await at.effects()).toHaveLength(6);
  });

  async function eventIdAt(offset: number): Promise<string | null> {
    const { readTopic } = await import('./read-topic.ts');
    let found: string | null = null;
    const range = { partition: 0, from: BigInt(offset), to: BigInt(offset + 1) };
    await readTopic(at.kafka, at.topic, [range], ({ headers }) => (found = String(headers?.['ce_id'])));
    return found;
  }
});

describe('the account of a consumer', () => {
  it('has an outcome for every record that a subscriber sees, and the rest of the offsets as passed', async () => {
    const loop = at.consume(FACT, store);
    await running(loop);
    const producer = at.kafka.producer({ transactionalId: at.group, maxInFlightRequests: 1 });
    await producer.connect();
    const inTransaction = async (end: 'commit' | 'abort', keys: readonly string[]): Promise<void> => {
      const transaction = await producer.transaction();
      await transaction.send({ topic: at.topic, messages: keys.map((key) => at.fact(key)) });
      await transaction[end]();
    };
    await inTransaction('commit', ['a', 'b', 'c']);
    await inTransaction('abort', ['never', 'never']);
    await inTransaction('commit', ['d']);
    await at.send({ ...at.fact('x'), value: Buffer.from('junk') });
    await inTransaction('abort', ['never']); // the last that there is: nothing of it reaches the handler
    await producer.disconnect();
    const records = 5;
    const markers = 4;
    const account = await eventually(
      async () => {
        const now = await accountOf(at.dataSource, at.group, at.topic);
        return now.partitions[0]?.nextOffset === BigInt(records + 3 + markers) ? now : null;
      },
      { describe: () => accountOf(at.dataSource, at.group, at.topic) },
    );
    expect(account).toMatchObject({ balanced: true, accepted: 5n, outcomes: { applied: 4, 'dead-lettered': 1 } });
    expect(account.partitions).toMatchObject([{ partition: 0, startOffset: 0n, accepted: 5n, passed: 7n }]);
    expect(loop.status().lag[0]).toBe(0);
  });
});

/** The registry, as seen through a door that can be shut. */
async function registryDoor(): Promise<{
  url: string;
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}> {
  const target = new URL(stack().registryUrl);
  const handler = async (url: string): Promise<{ status: number; body: string }> => {
    const answer = await fetch(new URL(url, target.origin));
    return { status: answer.status, body: await answer.text() };
  };
  let server: Server;
  let port = 0;
  const listen = async (): Promise<void> => {
    server = createServer((request, response) => {
      void handler(request.url ?? '/').then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  };
  const shut = (): Promise<void> =>
    new Promise((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  await listen();
  return { url: `http://127.0.0.1:${port}${target.pathname}`, shut, open: listen, close: shut };
}

describe('while the schema registry is away', () => {
  it('known ids are served, an unknown one waits with what follows it, and a wrong one is bad data when it is back', async () => {
    const door = await registryDoor();
    const codec = createCodec({ bundle: at.bundle, registry: connectRegistry({ url: door.url }) });
    // The same schema under another subject with another text has an id that the bundle does not know.
    const text = JSON.parse(TOPIC_SCHEMAS[FACT]) as { doc?: string };
    const foreign = JSON.stringify({ ...text, doc: `${text.doc ?? ''} ${at.topic}` });
    const id = await registerSchema({ url: stack().registryUrl }, `${at.topic}-value`, foreign);
    const withId = (schemaId: number, key: string): ReturnType<Consuming['fact']> => {
      const message = at.fact(key);
      const value = Buffer.from(message.value as Buffer);
      value.writeUInt32BE(schemaId, 1);
      return { ...message, value };
    };
    await door.shut();
    const loop = at.consume(FACT, store, { codec });
    await at.send(at.fact('a'), at.fact('b'), withId(id, 'c'), at.fact('d'), { ...at.fact('free'), partition: 1 });
    await at.accepted(3);
    expect((await at.effects()).map(({ id: key }) => key)).toEqual(['a', 'b', 'free']);
    await eventually(() => loop.status().state === 'retrying', { describe: () => loop.status() });
    expect(loop.status().reason).toContain('registry did not answer');
    await door.open();
    await at.send(withId(2_000_000_000, 'wrong'));
    await at.accepted(6);
    expect(await at.outcomes()).toEqual({ applied: 5, 'dead-lettered': 1 });
    expect(await at.dead()).toMatchObject([{ key: Buffer.from('wrong'), error_code: 'schema-unknown' }]);
    await eventually(() => loop.status().state === 'running', { describe: () => loop.status() });
    await door.close();
  });
});

/** A method of kafkajs' internals that fails once, or does nothing once. */
function sabotage(module: string, method: string, deed: (original: () => unknown) => unknown): () => void {
  const { prototype } = createRequire(import.meta.url)(`kafkajs/src/${module}`) as {
    prototype: Record<string, (...args: unknown[]) => unknown>;
  };
  const original = prototype[method];
  if (!original) throw new Error(`kafkajs has no ${method}`);
  let struck = false;
  prototype[method] = function (...args) {
    if (struck) return original.apply(this, args);
    struck = true;
    return deed(() => original.apply(this, args));
  };
  return () => void (prototype[method] = original);
}

describe('kafkajs', () => {
  const typeError = (): never => {
    throw new TypeError("Cannot read properties of undefined (reading 'x')");
  };

  it.each([
    ['fetching', 'consumer/consumerGroup.js', 'fetch'],
    ['joining', 'consumer/consumerGroup.js', 'joinAndSync'],
    ['resolving offsets', 'consumer/offsetManager/index.js', 'resolveOffset'],
  ])('that crashes for good by a TypeError while %s is replaced, visibly', async (_, module, method) => {
    const states = new Set<string>();
    const restore = sabotage(module, method, typeError);
    try {
      const loop = at.consume(FACT, store);
      await at.send(at.fact('a'), at.fact('b'));
      await eventually(
        async () => {
          states.add(`${loop.status().state}: ${loop.status().reason ?? ''}`);
          return (await at.effects()).length === 2;
        },
        { intervalMs: 10, describe: () => [...states] },
      );
      expect([...states].filter((state) => /^retrying: .*reading 'x'/.test(state))).not.toEqual([]);
      await running(loop);
    } finally {
      restore();
    }
  });

  it('that is stopped while it joins leaves the group, however long the join takes', async () => {
    const [asked, answered, joined] = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const restore = sabotage('consumer/consumerGroup.js', 'joinAndSync', async (join) => {
      asked!.resolve();
      await answered!.promise;
      await join();
      joined!.resolve();
    });
    try {
      const loop = at.consume(FACT, store);
      await asked!.promise;
      await loop.stop();
      answered!.resolve();
      await joined!.promise;
      const admin = at.kafka.admin();
      await admin.connect();
      const members = async (): Promise<number> => (await admin.describeGroups([at.group])).groups[0]!.members.length;
      await eventually(async () => (await members()) === 0, { describe: members });
      await admin.disconnect();
    } finally {
      restore();
    }
  });

  it('that falls silent shows, and is replaced', async () => {
    const loop = at.consume(FACT, store, { timing: { stuckAfterMs: 1_000, silentAfterMs: 3_000 } });
    await running(loop);
    const restore = sabotage('consumer/runner.js', 'fetch', never);
    try {
      await eventually(() => loop.status().state === 'retrying', { describe: () => loop.status() });
      expect(loop.status().reason).toContain('nothing fetched');
      await at.send(at.fact('a'));
      await at.accepted(1);
    } finally {
      restore();
    }
  });

  it('does not wake up thousands of times a second when idle', async () => {
    const loop = at.consume(FACT, store);
    const producer = at.kafka.producer();
    await producer.connect();
    await running(loop);
    let [timers, fetches] = [0, 0];
    const original = globalThis.setTimeout;
    const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/runner.js') as {
      prototype: { fetch(nodeId: number): unknown };
    };
    const { fetch } = prototype;
    prototype.fetch = function (nodeId) {
      fetches += 1;
      return fetch.call(this, nodeId);
    };
    globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
      timers += 1;
      return original(...args);
    }) as typeof setTimeout;
    const since = performance.now();
    await eventually(() => fetches >= 8, { intervalMs: 250 });
    globalThis.setTimeout = original;
    prototype.fetch = fetch;
    const perSecond = (timers / (performance.now() - since)) * 1_000;
    console.info(`${Math.round(perSecond)} timers a second while idle, ${fetches} fetches`);
    await producer.disconnect();
    // One fetch of up to 250 ms takes a handful; the unpatched library 2,700 a second.
    expect(perSecond).toBeLessThan(200);
  });
});
