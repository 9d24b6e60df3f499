import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@tieout/testing/programs';
import { Broken, holds, type Scenario } from '../scenario.ts';
import { ledBy } from './helpers.ts';

const KILLS = 4;
const BACK_WITHIN_MS = 60_000;

export const f01: Scenario = {
  id: 'F01',
  title: 'Three brokers under load: the leader of the output is killed (SIGKILL) again and again, and comes back.',
  promises: ['P1', 'P2', 'P3', 'P4'],
  fast: false,
  brokers: 3,
  async run({ lab, rig: open, note }) {
    const rig = await open({ partitions: 6 });
    await Promise.all([rig.start(), rig.start()]);
    rig.watch();
    const load = rig.load(KILLS * 2_000, { perSecond: 250 });
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(2_000);
      // Node 1 is also the only controller; the other two take turns, and lead a third of everything each.
      const nodeId = 2 + (kill % 2);
      const led = await ledBy(lab, rig.output, nodeId);
      if (led.length === 0) throw new Broken([`the test is void: broker ${nodeId} leads nothing`]);
      await lab.stack.broker(nodeId).kill();
      await delay(4_000);
      await lab.stack.broker(nodeId).start();
      const leadsAgain = async (): Promise<boolean> => {
        await lab.outsider.elect();
        return (await ledBy(lab, rig.output, nodeId)).length > 0;
      };
      await eventually(leadsAgain, { timeoutMs: 60_000, intervalMs: 500, describe: `broker ${nodeId} to lead again` });
    }
    await load;
    const since = performance.now();
    await rig.settled({}, BACK_WITHIN_MS);
    holds(await rig.judge());
    note(`${KILLS} kills, caught up ${((performance.now() - since) / 1_000).toFixed(1)} s after the load`);
  },
};
