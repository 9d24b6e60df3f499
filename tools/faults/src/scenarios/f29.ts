import { keyOf } from '../generator/generate.ts';
import { openDesk } from '../redrive.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

const INPUT = 'finance.erp-command.v1';

/** 1,000 events behind one bad one: they wait in order, the other keys do not. */
export const f29: Scenario = {
  id: 'F29',
  title:
    'The first event of a key is bad and a thousand good ones follow: the key parks, other keys flow, a redrive applies them in order.',
  promises: ['P1', 'P3', 'P4'],
  fast: true,
  async run({ lab, seed, rig: open, note }) {
    const rig = await open({ input: INPUT });
    const bad = keyOf(seed, 0);
    const rules = { poison: ({ key }: { key: string }) => key === bad };
    await rig.load(1_000, { keys: 1 });
    const ill = await rig.start({ ailments: { [bad]: 'data' } });
    rig.watch();
    await rig.load(500, { keys: 30 });
    await rig.settled(rules);
    holds(await rig.judge(rules));
    const { rows } = await rig.pg.query<{ parked: string }>(
      `SELECT count(*) AS parked FROM dead_letter WHERE status = 'parked'`,
    );
    if (Number(rows[0]?.parked) < 999) throw new Broken([`only ${rows[0]?.parked ?? 0} records are parked`]);
    ill.signal('SIGTERM');
    await ill.exited;
    await rig.start();
    const desk = await openDesk(lab, rig, INPUT);
    try {
      await desk.request({ filter: { key: bad } });
      await rig.load(200, { keys: 30 });
      // As if nothing had been wrong.
      await rig.settled();
      holds(await rig.judge());
    } finally {
      await desk.close();
    }
    note(`${rows[0]?.parked ?? 0} parked behind one dead letter, redriven in order under load`);
  },
};
