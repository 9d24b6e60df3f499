import { holds, type Scenario } from '../scenario.ts';

/** kafkajs repeats or skips sequence numbers when an answer is lost (reliability.md 0.1): the relay throws the producer away. */
export const f04: Scenario = {
  id: 'F04',
  title: 'The answer to a produce request, a commit and a fence is cut after the broker has acted on it.',
  promises: ['P1', 'P2', 'P4'],
  fast: true,
  async run({ rig: open, pick, note }) {
    const rig = await open({ proxied: true });
    await rig.start();
    rig.watch();
    for (const api of ['produce', 'endTxn', 'addPartitionsToTxn', 'produce'] as const) {
      const cut = rig.proxy.cut(api, 'response', { skip: pick(`skip ${api}`, 0, 3) });
      await rig.loadUntil(cut);
    }
    await rig.load(200);
    await rig.settled();
    holds(await rig.judge());
    note(`${rig.proxy.struck()} cuts, ${rig.outputSeen.length} events published`);
  },
};
