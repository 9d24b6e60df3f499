import { createDatabase, eventually } from '@tieout/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MisconfiguredError, TransientError } from './errors.ts';
import { sourceStreamTables } from './source-stream.store.ts';
import { SourceStreams } from './source-stream.ts';
import type { Poll, StreamSpec } from './source-stream.ts';
import { inTransaction } from './transaction.ts';
import { sourceStreamMetrics } from './work-metrics.ts';

interface Cursor {
  readonly at: number;
}
const logger = pino({ level: 'silent' });
const open: SourceStreams[] = [];
let dataSource: DataSource;

beforeAll(async () => {
  const { url } = await createDatabase('source_stream');
  dataSource = await new DataSource({ type: 'postgres', url, poolSize: 8 }).initialize();
  for (const statement of sourceStreamTables) await dataSource.query(statement);
  await dataSource.query(`CREATE TABLE read_row (n bigint GENERATED ALWAYS AS IDENTITY, value int, reader text)`);
});
afterAll(() => dataSource.destroy());
beforeEach(() => dataSource.query(`TRUNCATE source_stream, read_row`));
afterEach(async () => {
  await Promise.all(open.splice(0).map((streams) => streams.stop()));
});

function replica(owner: string, leaseMs = 2_000): SourceStreams {
  const streams = new SourceStreams({ dataSource, owner, logger, leaseMs, backoff: { baseMs: 10, maxMs: 50 } });
  open.push(streams);
  return streams;
}
const spec = (poll: StreamSpec<Cursor>['poll'], intervalMs = 10): StreamSpec<Cursor> => ({
  instance: 'main',
  stream: 'invoice',
  intervalMs,
  poll,
});
/** Reads the next number of an endless source. */
const readNext =
  (reader: string, until = Infinity) =>
  async ({ cursor, advance }: Poll<Cursor>): Promise<'more' | 'end'> => {
    const at = (cursor?.at ?? 0) + 1;
    if (at > until) return 'end';
    await inTransaction(dataSource, async (tx) => {
      await tx.query(`INSERT INTO read_row (value, reader) VALUES ($1, $2)`, [at, reader]);
      await advance(tx, { at });
    });
    return 'more';
  };
const rows = (): Promise<{ value: number; reader: string }[]> =>
  dataSource.query(`SELECT value, reader FROM read_row ORDER BY n`);
const values = async (): Promise<number[]> => (await rows()).map(({ value }) => value);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

describe('a source stream', () => {
  it('is read by one of three replicas at a time, without a gap or a repeat', async () => {
    for (const name of ['a', 'b', 'c']) replica(name).runStream(spec(readNext(name, 50)));
    await eventually(async () => (await values()).length === 50);
    expect(await values()).toEqual(upTo(50));
    expect(new Set((await rows()).map(({ reader }) => reader)).size).toBe(1);
  });

  it('goes to another replica at once when its owner stops, from the stored cursor', async () => {
    const first = replica('first', 60_000);
    first.runStream(spec(readNext('first', 20)));
    await eventually(async () => (await values()).length === 20);
    replica('second').runStream(spec(readNext('second', 30)));
    await first.stop();
    await eventually(async () => (await values()).length === 30);
    expect(await values()).toEqual(upTo(30));
    expect((await rows()).at(-1)?.reader).toBe('second');
  });

  it('rolls back what a frozen owner stored after it lost the stream', async () => {
    let resume: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => (resume = resolve));
    let caught: unknown;
    replica('zombie', 60_000).runStream(
      spec(async (poll) => {
        await frozen;
        return readNext('zombie')(poll).catch((error: unknown) => {
          caught = error;
          throw error;
        });
      }),
    );
    await eventually(
      async () => (await dataSource.query<unknown[]>(`SELECT 1 FROM source_stream WHERE epoch = 1`)).length,
    );
    // A frozen process renews nothing; its lease runs out.
    await dataSource.query(`UPDATE source_stream SET lease_until = now() - interval '1 s'`);
    replica('heir').runStream(spec(readNext('heir', 3)));
    await eventually(async () => (await values()).length === 3);
    resume();
    await eventually(() => caught);
    expect(caught).toMatchObject({ code: 'stream-lost' });
    expect((await rows()).map(({ reader }) => reader)).toEqual(['heir', 'heir', 'heir']);
  });

  it('refuses to move a cursor that moved meanwhile, and starts over from the stored one', async () => {
    let meddle = true;
    replica('a').runStream(
      spec(async (poll) => {
        if (meddle) {
          meddle = false;
          await dataSource.query(`UPDATE source_stream SET cursor = '{"at": 7}', cursor_version = cursor_version + 1`);
        }
        return readNext('a', 9)(poll);
      }),
    );
    await eventually(async () => (await values()).length === 2);
    expect(await values()).toEqual([8, 9]);
  });

  it('advances several times in one poll, and loses nothing when one of the transactions rolls back', async () => {
    let fail = true;
    replica('a').runStream(
      spec(async ({ cursor, advance }) => {
        for (let at = (cursor?.at ?? 0) + 1; at <= 5; at += 1)
          await inTransaction(dataSource, async (tx) => {
            await tx.query(`INSERT INTO read_row (value) VALUES ($1)`, [at]);
            await advance(tx, { at });
            if (fail && at === 3) {
              fail = false;
              throw new TransientError('cut', 'cut');
            }
          });
      }),
    );
    await eventually(async () => (await values()).length === 5);
    expect(await values()).toEqual(upTo(5));
  });

  it('polls again after failures, says why it is retrying, and knows how old its cursor is', async () => {
    let down = true;
    const streams = replica('a');
    const handle = streams.runStream(
      spec(async () => {
        if (down) throw new TransientError('source-down', 'the source is down');
      }),
    );
    await eventually(() => handle.status().failures > 2);
    expect(handle.status()).toMatchObject({ state: 'retrying', reason: 'the source is down' });
    expect((await streams.ages())[0]).toMatchObject({ instance: 'main', stream: 'invoice', errorCode: 'source-down' });
    await dataSource.query(`UPDATE source_stream SET created_at = now() - interval '1 hour'`);
    expect((await streams.ages())[0]?.cursorAgeSeconds).toBeGreaterThan(3_500);
    down = false;
    await eventually(async () => ((await streams.ages())[0]?.cursorAgeSeconds ?? 99) < 5);
    expect(handle.status()).toMatchObject({ state: 'owned', reason: null, failures: 0 });
  });

  it('stops and says why when the set-up is wrong', async () => {
    const handle = replica('a').runStream(
      spec(() => Promise.reject(new MisconfiguredError('denied', 'credentials refused'))),
    );
    await eventually(() => handle.status().state === 'stopped');
    expect(handle.status().reason).toBe('credentials refused');
  });

  it('has what lives between polls given up when a poll fails, when the stream is lost, and when it stops', async () => {
    const released: string[] = [];
    let fail = false;
    const streams = replica('a', 60_000);
    streams.runStream({
      ...spec(async () => {
        if (fail) throw new TransientError('source-down', 'the source is down');
      }),
      release: (reason) => void released.push(reason),
    });
    const state = () => streams.status()[0]?.state;
    await eventually(() => state() === 'owned');
    expect(released).toEqual([]);
    fail = true;
    await eventually(() => released.includes('failed'));
    fail = false;
    await dataSource.query(`UPDATE source_stream SET owner = 'b', epoch = epoch + 1`);
    await eventually(() => released.includes('lost') && state() === 'waiting');
    await streams.stop();
    expect(released.at(-1)).toBe('stopped');
  });

  it('shows in metrics that it fails, and that it has stopped', async () => {
    const streams = replica('a');
    const registry = new Registry();
    sourceStreamMetrics(registry, streams);
    const gauge = async (name: string): Promise<number | undefined> =>
      (await registry.getSingleMetric(name)?.get())?.values[0]?.value;
    let error: Error = new TransientError('source-down', 'the source is down');
    streams.runStream(spec(() => Promise.reject(error)));
    await eventually(async () => ((await gauge('tieout_source_stream_failures')) ?? 0) > 1);
    expect(await gauge('tieout_source_stream_running')).toBe(1);
    error = new MisconfiguredError('denied', 'credentials refused');
    await eventually(async () => (await gauge('tieout_source_stream_running')) === 0);
  });

  it('polls at once when woken', async () => {
    let polls = 0;
    const handle = replica('a').runStream(spec(async () => void (polls += 1), 600_000));
    await eventually(() => polls === 1 && handle.status().state === 'owned');
    handle.wake();
    await eventually(() => polls === 2);
  });
});
