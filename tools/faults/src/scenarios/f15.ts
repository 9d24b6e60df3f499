import { setTimeout as delay } from 'node:timers/promises';
import type { TsProcess } from '@tieout/testing/programs';
import { createRandom } from '@tieout/testing/programs';
import { holds, type Scenario } from '../scenario.ts';

const CHANGES = 10;

export const f15: Scenario = {
  id: 'F15',
  title: 'Members join, leave in order and are killed every few seconds under load.',
  promises: ['P1', 'P2', 'P3', 'P4'],
  fast: false,
  async run({ seed, rig: open, note }) {
    const random = createRandom(seed, 'F15');
    const rig = await open({ partitions: 6 });
    const members: TsProcess[] = [await rig.start(), await rig.start()];
    rig.watch();
    const load = rig.load(CHANGES * 600, { perSecond: 150 });
    const deeds: string[] = [];
    for (let change = 0; change < CHANGES; change++) {
      const deed = members.length < 2 ? 'join' : members.length > 3 ? 'kill' : random.pick(['join', 'leave', 'kill']);
      deeds.push(deed);
      if (deed === 'join') members.push(await rig.start());
      else {
        const [member] = members.splice(random.int(0, members.length - 1), 1);
        if (deed === 'kill') await member?.kill();
        else member?.signal('SIGTERM');
      }
      await delay(1_500);
    }
    await load;
    await rig.settled({}, 90_000);
    holds(await rig.judge());
    note(deeds.join(', '));
  },
};
