import { inTransaction, Outbox } from '@tieout/messaging';
import { eventually } from '@tieout/testing/programs';
import { derivedId } from '@tieout/canonical';
import { publishedOnceInOrder } from '../oracle/checks.ts';
import { metaOf } from '../rig.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';
import { openSubjectDatabase } from '../subject/database.ts';
import { answerTo } from '../subject/effect.store.ts';

const EVENTS = 400;

export const f08: Scenario = {
  id: 'F08',
  title:
    'Two of three brokers are down: services go on committing, the outbox grows, and it drains when they are back.',
  promises: ['P1', 'P4', 'P5'],
  fast: false,
  brokers: 3,
  async run({ lab, rig: open, note }) {
    const rig = await open({ partitions: 6 });
    const subject = await rig.start({ consumer: false });
    await subject.line(/"state":"leading"/);
    const dataSource = await openSubjectDatabase(rig, () => undefined);
    try {
      const outbox = new Outbox(lab.codec, rig.service, { brokerTopic: () => rig.output });
      const brokers = [lab.stack.broker(2), lab.stack.broker(3)];
      await Promise.all(brokers.map((broker) => broker.kill()));
      const effects = Array.from({ length: EVENTS }, (_, n) => ({
        ...{ key: `key-${n % 7}`, revision: BigInt(n), amount: `${n}.01` },
        eventId: derivedId('faults F08', rig.service, n),
      }));
      for (const event of effects)
        await inTransaction(dataSource, (tx) =>
          outbox.publish(tx, [answerTo(metaOf('writer', event), event, new Date())]),
        );
      await subject.line(/"state":"failing"/, 45_000);
      const { rows } = await rig.pg.query<{ waiting: string }>('SELECT count(*) AS waiting FROM outbox');
      if (Number(rows[0]?.waiting) !== EVENTS)
        throw new Broken([`${rows[0]?.waiting ?? 0} of ${EVENTS} wait in the outbox`]);
      await Promise.all(brokers.map((broker) => broker.start()));
      const since = performance.now();
      const drained = (): boolean => rig.outputSeen.length >= EVENTS;
      await eventually(drained, {
        timeoutMs: 90_000,
        describe: () => `${rig.outputSeen.length} of ${EVENTS} published`,
      });
      holds(publishedOnceInOrder({ effects, counts: new Map(), dead: [], parked: [] }, await rig.observe()));
      note(
        `${EVENTS} waited, drained ${((performance.now() - since) / 1_000).toFixed(1)} s after the brokers were back`,
      );
    } finally {
      await dataSource.destroy();
    }
  },
};
