import { setTimeout as delay } from 'node:timers/promises';
import { keyOf } from '../generator/generate.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

export const f20: Scenario = {
  id: 'F20',
  title:
    'A hot row is locked for ten seconds, a deadlock is provoked, and the pool has two connections for six partitions.',
  promises: ['P1', 'P2', 'P3'],
  fast: false,
  async run({ seed, rig: open, note }) {
    const rig = await open({ partitions: 6 });
    await rig.load(500);
    await rig.start({ poolSize: 2 });
    await rig.settled();
    rig.watch();
    const hot = keyOf(seed, 0);
    const outside = await rig.pg.connect();
    try {
      await outside.query('BEGIN');
      await outside.query('SELECT 1 FROM sink WHERE key = $1 FOR UPDATE', [hot]);
      await Promise.all([rig.load(1_500, { perSecond: 300 }), delay(10_000)]);
      // The consumer holds its position and waits for the row; now the row's holder asks for the position.
      const victim = await outside.query(`SELECT 1 FROM consumer_position FOR UPDATE`).then(
        () => 'the service',
        (error: { code?: string }) =>
          error.code === '40P01' ? 'the outsider' : Promise.reject(new Error(String(error.code))),
      );
      await outside.query('ROLLBACK');
      note(`deadlock ended by ${victim}`);
    } finally {
      outside.release(true);
    }
    await rig.load(300);
    await rig.settled();
    holds(await rig.judge());
    const { rows } = await rig.pg.query<{ bugs: string }>(`SELECT count(*) AS bugs FROM dead_letter`);
    if (Number(rows[0]?.bugs) > 0)
      throw new Broken([`${rows[0]?.bugs ?? ''} records were dead-lettered for what was a lock`]);
  },
};
