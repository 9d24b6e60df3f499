import { repartitionTopic } from '@tieout/messaging';
import { eventually } from '@tieout/testing/programs';
import { byKey } from '../oracle/sequences.ts';
import type { Rig } from '../rig.ts';
import { holds, type Scenario } from '../scenario.ts';

const BEHIND_ITS_BACK = 8;
const PLANNED = 12;

/** A key that moves to another partition may overtake itself: the publisher keeps the count it began with until it is told. */
export const f33: Scenario = {
  id: 'F33',
  title:
    'Partitions are added to the output past the service, its publisher is killed, and then they are raised as documented.',
  promises: ['P3', 'P4', 'P5'],
  fast: false,
  async run({ lab, rig: open, note }) {
    const rig = await open();
    const first = await rig.start();
    rig.watch();
    await rig.load(300);
    await rig.settled(); // it has published: from here on it knows how many partitions there were
    const load = rig.load(900, { perSecond: 100 });
    await lab.admin.createPartitions({ topicPartitions: [{ topic: rig.output, count: BEHIND_ITS_BACK }] });
    await load;
    await eventually(async () => (await lab.admin.fetchTopicOffsets(rig.output)).length === BEHIND_ITS_BACK, {
      describe: 'the partitions to be there',
    });
    await rig.settled();
    await first.kill();
    const second = await rig.start();
    await rig.load(300);
    await second.line(/"unplanned":\["[^"]+"/, 15_000);
    await rig.settled();
    holds(await rig.judge());
    const later = rig.load(1_200, { perSecond: 100 });
    const producer = { connectionString: rig.databaseUrl, schema: rig.schema, service: rig.service };
    const { kafka } = lab;
    await repartitionTopic({
      kafka,
      topic: rig.output,
      partitions: PLANNED,
      producers: [producer],
      patienceMs: 60_000,
    });
    await later;
    await rig.settledBut(/in two partitions/);
    holds((await rig.judge()).filter((problem) => !problem.includes('in two partitions')));
    holds(wanderers(rig));
    note(`${BEHIND_ITS_BACK} partitions ignored and told of, then ${PLANNED} in use with every key in order`);
  },
};

/** A key moves once, and never back. */
function wanderers({ outputSeen }: Rig): string[] {
  const homes = byKey(
    outputSeen,
    ({ key }) => String(key),
    ({ partition }) => String(partition),
  );
  const moves = [...homes.values()].map((all) => all.filter((home, n) => n > 0 && home !== all[n - 1]).length);
  const restless = moves.filter((count) => count > 1).length;
  const moved = moves.filter((count) => count === 1).length;
  if (moved === 0) return ['the test is void: no key moved'];
  return restless === 0 ? [] : [`${restless} keys moved more than once`];
}
