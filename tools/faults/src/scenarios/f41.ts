import { holds, type Scenario } from '../scenario.ts';
import { leaderOf, leading, ledBy, moveLeaders } from './helpers.ts';

/** What kafkajs resolves although nothing was sent, the relay does not believe: docs/decisions/0002. */
export const f41: Scenario = {
  id: 'F41',
  title: 'A leader moves while a send to it is held: the request is lost, or reaches the old leader late.',
  promises: ['P1', 'P4'],
  fast: true,
  async run({ lab, rig: open, note }) {
    const rig = await open({ proxied: true, partitions: 6 });
    const subject = await rig.start();
    await leading(subject);
    rig.watch();
    await rig.load(200);
    await rig.settled();
    // The mark goes first and alone to its leader; a produce request to the other broker is all data.
    const marks = await leaderOf(lab, rig.markTopic, 0);
    const [data, other] = marks.nodeId === 1 ? [2, 1] : [1, 2];
    for (const then of ['cut', 'pass', 'cut'] as const) {
      const theirs = await ledBy(lab, rig.output, data);
      const held = rig.proxy.cut('produce', 'request', {
        then,
        broker: lab.stack.broker(data).address,
        meanwhile: () => moveLeaders(lab, rig.output, theirs, other),
      });
      await rig.loadUntil(held);
      await rig.load(100);
      await rig.settled();
      await moveLeaders(lab, rig.output, theirs, data);
    }
    await rig.load(100);
    await rig.settled();
    holds(await rig.judge());
    note('leaders moved 6 times, 3 sends held meanwhile');
  },
};
