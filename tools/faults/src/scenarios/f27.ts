import { holds, type Scenario } from '../scenario.ts';

export const f27: Scenario = {
  id: 'F27',
  title: 'Every record is handed over twice at once, and the whole window is replayed three times.',
  promises: ['P2', 'P3', 'P4'],
  fast: false,
  async run({ rig: open, note }) {
    for (const input of ['finance.invoice.v1', 'finance.erp-command.v1'] as const) {
      const rig = await open({ input });
      await rig.start();
      rig.watch();
      const records = (await rig.load(400)).map(rig.recordOf);
      await rig.send(records.flatMap((record) => [record, record]));
      for (let again = 0; again < 3; again++) await rig.send(records);
      await rig.load(100);
      await rig.settled();
      holds(await rig.judge());
    }
    note('2,400 records each on a state and a fact topic, 500 effects each');
  },
};
