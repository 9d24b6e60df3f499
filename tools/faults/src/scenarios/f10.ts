import type { TsProcess } from '@tieout/testing/programs';
import { holds, type Scenario } from '../scenario.ts';
import { leading } from './helpers.ts';

/** Each a moment at which a publisher can die: before and after the append, before and after the commit. */
const MOMENTS = [
  ['produce', 'response'],
  ['endTxn', 'request'],
  ['endTxn', 'response'],
] as const;

/** The topic may hold no duplicates of ours: the next publisher deletes what the last mark names, then publishes the rest. */
export const f10: Scenario = {
  id: 'F10',
  title: 'The publisher is killed (SIGKILL) between its send, its commit and the deletion of the rows.',
  promises: ['P1', 'P2', 'P4'],
  fast: true,
  async run({ rig: open, pick, note }) {
    const rig = await open({ proxied: true });
    const relay = (): Promise<TsProcess> => rig.start({ consumer: false });
    let [, leader] = await Promise.all([rig.start({ relay: false }), relay()]);
    await leading(leader);
    rig.watch();
    for (const [api, point] of MOMENTS) {
      const standby = relay();
      const doomed = leader;
      const skip = pick(`skip ${api} ${point}`, 0, 2);
      const cut = rig.proxy.cut(api, point, { skip, meanwhile: () => doomed.kill() });
      await rig.loadUntil(cut);
      leader = await standby;
    }
    await rig.load(100);
    await rig.settled();
    holds(await rig.judge());
    note(`killed ${MOMENTS.length} times, ${rig.outputSeen.length} events published once`);
  },
};
