import { eventually } from '@tieout/testing/programs';
import { keyOf } from '../generator/generate.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

export const f30: Scenario = {
  id: 'F30',
  title:
    'Poison arrives while the dead-letter topic does not exist: the dead letter is a row, so the positions move on.',
  promises: ['P1', 'P2', 'P4', 'P5'],
  fast: false,
  async run({ lab, seed, rig: open, note }) {
    const rig = await open();
    const bad = keyOf(seed, 0);
    const rules = { poison: ({ key }: { key: string }) => key === bad };
    const topic = `finance.dead-letter.v1${rig.suffix}`;
    await lab.admin.deleteTopics({ topics: [topic] });
    await eventually(async () => !(await lab.admin.listTopics()).includes(topic), { describe: 'the topic to be gone' });
    const subject = await rig.start({ ailments: { [bad]: 'data' } });
    rig.watch();
    const events = await rig.load(300);
    const due = events.filter(({ key }) => key === bad).length;
    const effects = async (): Promise<number> => (await rig.observe()).journal.length;
    await eventually(async () => (await effects()) === 300 - due, { describe: 'the positions to move on' });
    await subject.line(/"relay":\{"state":"failing"/, 15_000);
    const seen = rig.outputSeen.length;
    await lab.createTopic(topic);
    const letters = lab.outsider.read(topic);
    await rig.settled(rules);
    await eventually(() => letters.length === due, {
      describe: () => `${letters.length} of ${due} dead letters published`,
    });
    holds(await rig.judge(rules));
    lab.outsider.stop(topic);
    if (due === 0) throw new Broken(['the test is void: no poison']);
    note(`${due} dead letters kept; the relay held ${300 - due - seen} other events back meanwhile, which health told`);
  },
};
