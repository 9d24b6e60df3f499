import { holds, type Scenario } from '../scenario.ts';
import { FAIL_POINTS } from '../subject/options.ts';
import { eventually } from '@tieout/testing/programs';

/** Longer than its session, so that another member owns its partitions when it wakes up. */
export const f14: Scenario = {
  id: 'F14',
  title: 'A consumer freezes (SIGSTOP) before, inside and after its transaction, loses its partitions, and wakes up.',
  promises: ['P2', 'P3'],
  fast: false,
  async run({ rig: open, pick, note }) {
    const rigs = await Promise.all(
      FAIL_POINTS.map(async (at) => {
        const rig = await open();
        await rig.load(300);
        const tuning = { timing: { sessionMs: 4_000 }, idleInTransactionMs: 8_000, maxChunk: 50 };
        const zombie = await rig.start({ ...tuning, failPoint: { at, nth: pick(at, 1, 3), signal: 'SIGSTOP' } });
        rig.watch();
        await rig.start(tuning);
        await rig.load(200);
        // Everything is done by the other one, although a row lock was left behind; only then does the zombie wake up.
        await eventually(async () => (await rig.observe()).journal.length >= 500, {
          timeoutMs: 90_000,
          describe: 'the other one to do the work',
        });
        zombie.signal('SIGCONT');
        await rig.load(200);
        return rig;
      }),
    );
    for (const rig of rigs) await rig.settled();
    for (const rig of rigs) holds(await rig.judge());
    note(`frozen at ${FAIL_POINTS.join(', ')}`);
  },
};
