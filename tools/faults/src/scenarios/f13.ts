import { holds, type Scenario } from '../scenario.ts';
import { FAIL_POINTS } from '../subject/options.ts';
import { died } from './helpers.ts';

const TUNING = { maxChunk: 50, timing: { sessionMs: 3_000 } };

/** Position, effect, counts and outbox rows are one transaction: a death leaves all of them or none. */
export const f13: Scenario = {
  id: 'F13',
  title: 'The consumer is killed (SIGKILL) before its transaction, inside it, before its commit and after it.',
  promises: ['P1', 'P2', 'P3', 'P4'],
  fast: true,
  async run({ rig: open, pick, note }) {
    // A service per moment, all at once: what takes time is the group that waits for its dead member.
    const rigs = await Promise.all(
      FAIL_POINTS.map(async (at) => {
        const rig = await open();
        await rig.load(400);
        const doomed = await rig.start({ failPoint: { at, nth: pick(at, 1, 3) }, ...TUNING });
        rig.watch();
        await died(doomed);
        const next = rig.start(TUNING);
        await rig.load(100);
        await next;
        return rig;
      }),
    );
    for (const rig of rigs) await rig.settled();
    for (const rig of rigs) holds(await rig.judge());
    note(`killed at ${FAIL_POINTS.join(', ')}`);
  },
};
