import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@tieout/testing/programs';
import { holds, type Scenario } from '../scenario.ts';

const KILLS = 3;

export const f18: Scenario = {
  id: 'F18',
  title:
    'The database server is killed (SIGKILL) under load and recovers, so that some commits have an unknown outcome.',
  promises: ['P1', 'P2', 'P3', 'P4'],
  fast: false,
  async run({ lab, rig: open, note }) {
    const rig = await open();
    await rig.start();
    rig.watch();
    const server = lab.stack.server('postgres');
    const load = rig.load(KILLS * 1_500, { perSecond: 300 });
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(2_000);
      await server.kill();
      // Its children go a moment later, and the memory that they share with them.
      await eventually(() => server.start().then(() => true), {
        timeoutMs: 60_000,
        intervalMs: 500,
        describe: 'the server to recover',
      });
    }
    await load;
    await rig.settled({}, 90_000);
    holds(await rig.judge());
    note(`${KILLS} kills`);
  },
};
