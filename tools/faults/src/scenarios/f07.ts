import { setTimeout as delay } from 'node:timers/promises';
import { holds, type Scenario } from '../scenario.ts';

const SILENT_MS = 120_000;
/** P5 says 15 s; some more for a machine that runs everything at once. */
const TOLD_WITHIN_MS = 20_000;

export const f07: Scenario = {
  id: 'F07',
  title: 'The network swallows everything both ways for two minutes without closing a connection.',
  promises: ['P1', 'P2', 'P4', 'P5'],
  fast: false,
  async run({ rig: open, note }) {
    const rig = await open({ proxied: true });
    const subject = await rig.start();
    rig.watch();
    await rig.load(300);
    await rig.settled();
    rig.proxy.afflict({ silent: true });
    const since = performance.now();
    await rig.load(300);
    await subject.line(/^STATUS .*"state":"(failing|retrying)"/, TOLD_WITHIN_MS);
    const toldAfter = performance.now() - since;
    await delay(Math.max(0, SILENT_MS - toldAfter));
    rig.proxy.afflict({});
    // What the old connections swallowed is gone: a broken frame may not pass for an answer.
    rig.proxy.reset();
    await rig.load(100);
    await rig.settled({}, 90_000);
    holds(await rig.judge());
    note(`health told of it after ${(toldAfter / 1_000).toFixed(1)} s`);
  },
};
