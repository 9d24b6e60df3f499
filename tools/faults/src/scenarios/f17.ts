import { setTimeout as delay } from 'node:timers/promises';
import { Broken, holds, type Scenario } from '../scenario.ts';
import { terminateBackends } from './helpers.ts';

const ROUNDS = 6;
const EVERY_MS = 1_500;

/** TypeORM hides the SQLSTATE of a backend that died inside a transaction; the outcome of a lost COMMIT is unknown. */
export const f17: Scenario = {
  id: 'F17',
  title: 'All database connections of the service are terminated every 1.5 s under load.',
  promises: ['P1', 'P2', 'P3', 'P4'],
  fast: true,
  async run({ rig: open, note }) {
    const rig = await open();
    const subject = await rig.start();
    rig.watch();
    const load = rig.load(3_000, { perSecond: 300 });
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await delay(EVERY_MS);
      killed += await terminateBackends(rig);
    }
    await load;
    await rig.settled();
    holds(await rig.judge());
    if (killed < ROUNDS) throw new Broken([`the test is void: only ${killed} connections were terminated`]);
    const ended = await Promise.race([subject.exited, delay(0, null)]);
    if (ended) throw new Broken([`the service ended with ${ended.code ?? ended.signal ?? ''}`]);
    note(`${killed} connections terminated`);
  },
};
