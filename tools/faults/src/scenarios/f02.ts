import { setTimeout as delay } from 'node:timers/promises';
import { holds, type Scenario } from '../scenario.ts';

const FROZEN_MS = 40_000;

export const f02: Scenario = {
  id: 'F02',
  title: 'A broker is frozen (SIGSTOP) for 40 s, longer than any request waits, while its connections stay open.',
  promises: ['P1', 'P2', 'P3', 'P4'],
  fast: false,
  brokers: 3,
  async run({ lab, rig: open, note }) {
    const rig = await open({ partitions: 6 });
    await rig.start();
    rig.watch();
    await rig.load(300);
    const broker = lab.stack.broker(3);
    await broker.pause();
    try {
      await Promise.all([rig.load(4_000, { perSecond: 100 }), delay(FROZEN_MS)]);
    } finally {
      await broker.resume();
    }
    await rig.settled({}, 90_000);
    holds(await rig.judge());
    note(`frozen for ${FROZEN_MS / 1_000} s`);
  },
};
