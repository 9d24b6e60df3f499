import { setTimeout as delay } from 'node:timers/promises';
import { derivedId, fromUnits } from '@tieout/canonical';
import { inTransaction, Outbox } from '@tieout/messaging';
import { createRandom, eventually, type Random } from '@tieout/testing/programs';
import type { DataSource, EntityManager } from 'typeorm';
import type { TrueEvent } from '../generator/generate.ts';
import { publishedOnceInOrder } from '../oracle/checks.ts';
import { metaOf } from '../rig.ts';
import { holds, type Scenario } from '../scenario.ts';
import { answerTo } from '../subject/effect.store.ts';
import { openSubjectDatabase } from '../subject/database.ts';

const WRITERS = 12;
const TRANSACTIONS = 40;
const KEYS = 7;

/** An outbox that is read by a cursor skips what commits late (23 % in reliability.md 0.3); ours has no cursor. */
export const f12: Scenario = {
  id: 'F12',
  title:
    'Twelve writers commit in random order on seven keys while one transaction stays open from before the first to after the last.',
  promises: ['P1', 'P3', 'P4'],
  fast: true,
  async run({ lab, rig: open, seed, note }) {
    const rig = await open();
    await rig.start({ consumer: false });
    const dataSource = await openSubjectDatabase(rig, () => undefined);
    try {
      const outbox = new Outbox(lab.codec, rig.service, { brokerTopic: () => rig.output });
      await dataSource.query(`CREATE TABLE aggregate (key text PRIMARY KEY, revision bigint NOT NULL)`);
      const truth: TrueEvent[] = [];
      const late = await openTransaction(dataSource, outbox);
      const writers = Array.from({ length: WRITERS }, (_, n) =>
        write(dataSource, outbox, createRandom(seed, `F12 writer ${n}`), truth),
      );
      await Promise.all(writers);
      const [seen, due] = [() => rig.outputSeen.length, truth.length];
      await eventually(() => seen() >= due, {
        describe: () => `${seen()} of ${due} published behind the open transaction`,
      });
      truth.push(await late.commit());
      await eventually(() => seen() >= truth.length, { describe: () => `${seen()} of ${truth.length} published` });
      const expected = { effects: inKeyOrder(truth), counts: new Map(), dead: [], parked: [] };
      holds(publishedOnceInOrder(expected, await rig.observe()));
      note(`${truth.length} events, 0 missed, 0 held back by the open transaction`);
    } finally {
      await dataSource.destroy();
    }
  },
};

/** A transaction that has taken its place in the outbox, and its id, and does not commit yet. */
async function openTransaction(dataSource: DataSource, outbox: Outbox) {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  const event = await step(runner.manager, outbox, 'late', '0.01');
  return {
    async commit(): Promise<TrueEvent> {
      await runner.commitTransaction();
      await runner.release();
      return event;
    },
  };
}

async function write(dataSource: DataSource, outbox: Outbox, random: Random, truth: TrueEvent[]): Promise<void> {
  for (let n = 0; n < TRANSACTIONS; n++) {
    const key = `key-${random.int(0, KEYS - 1)}`;
    const amount = fromUnits(BigInt(random.int(-99_999, 999_999)), 2);
    // The id is taken before the pause: whoever commits first has not got the lowest.
    await inTransaction(dataSource, async (tx) => {
      const event = await step(tx, outbox, key, amount);
      await delay(random.int(0, 30));
      truth.push(event);
    });
  }
}

/** One change of an aggregate, as a service makes it: lock the row, raise the revision, write the event. */
async function step(tx: EntityManager, outbox: Outbox, key: string, amount: string): Promise<TrueEvent> {
  const rows = await tx.query<{ revision: string }[]>(
    `INSERT INTO aggregate VALUES ($1, 1) ON CONFLICT (key) DO UPDATE SET revision = aggregate.revision + 1 RETURNING revision`,
    [key],
  );
  const revision = BigInt(rows[0]?.revision ?? 0);
  const event = { key, revision, amount, eventId: derivedId('faults F12', key, Number(revision)) };
  await outbox.publish(tx, [answerTo(metaOf('writer', event), event, new Date())]);
  return event;
}

function inKeyOrder(events: readonly TrueEvent[]): TrueEvent[] {
  return events.toSorted((a, b) => Number(a.revision - b.revision));
}
