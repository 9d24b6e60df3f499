import { Broken, holds, type Scenario } from '../scenario.ts';
import { leading } from './helpers.ts';

const TAKE_OVER_MS = 15_000;

/** The frozen one wakes up with its commit under way: it may not become visible, and it may not publish any more. */
export const f11: Scenario = {
  id: 'F11',
  title:
    'The publisher is frozen (SIGSTOP) in front of its commit, another one takes over, and the commit arrives after all.',
  promises: ['P3', 'P4'],
  fast: true,
  async run({ rig: open, note }) {
    const rig = await open({ proxied: true });
    const [, old] = await Promise.all([rig.start({ relay: false }), rig.start({ consumer: false })]);
    await leading(old);
    const next = await rig.start({ consumer: false });
    rig.watch();
    await rig.load(200);
    let tookMs = 0;
    const frozen = rig.proxy.cut('endTxn', 'request', {
      then: 'pass',
      async meanwhile() {
        const since = performance.now();
        old.signal('SIGSTOP');
        await leading(next, 60_000);
        tookMs = performance.now() - since;
      },
    });
    await rig.loadUntil(frozen, { perSecond: 50 });
    old.signal('SIGCONT');
    await rig.load(200, { perSecond: 600 });
    await rig.settled();
    holds(await rig.judge());
    if (tookMs > TAKE_OVER_MS)
      throw new Broken([`the take-over took ${Math.round(tookMs)} ms, ${TAKE_OVER_MS} are promised`]);
    note(`taken over after ${(tookMs / 1_000).toFixed(1)} s`);
  },
};
