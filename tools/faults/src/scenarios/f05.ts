import { holds, type Scenario } from '../scenario.ts';

export const f05: Scenario = {
  id: 'F05',
  title: 'Produce, commit, fetch and join requests are cut before the broker has seen them.',
  promises: ['P1', 'P2', 'P3', 'P4'],
  fast: false,
  async run({ rig: open, pick, note }) {
    const rig = await open({ proxied: true });
    await rig.start();
    rig.watch();
    for (const api of ['produce', 'endTxn', 'fetch', 'addPartitionsToTxn', 'fetch', 'produce'] as const) {
      const cut = rig.proxy.cut(api, 'request', { skip: pick(`skip ${api}`, 0, 3) });
      await rig.loadUntil(cut);
    }
    await rig.load(100);
    await rig.settled();
    holds(await rig.judge());
    note(`${rig.proxy.struck()} cuts`);
  },
};
