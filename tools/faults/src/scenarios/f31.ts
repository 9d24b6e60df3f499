import { eventually } from '@tieout/testing/programs';
import { keyOf } from '../generator/generate.ts';
import { openDesk } from '../redrive.ts';
import type { Rig } from '../rig.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

const INPUT = 'finance.erp-command.v1';
const ILL = 5;

export const f31: Scenario = {
  id: 'F31',
  title:
    'A redrive is asked for twice at once, stopped half way, asked for again, and the service is killed meanwhile, all under load.',
  promises: ['P1', 'P2', 'P3'],
  fast: false,
  async run({ lab, seed, rig: open, note }) {
    const rig = await open({ input: INPUT });
    const bad = Array.from({ length: ILL }, (_, n) => keyOf(seed, n));
    const rules = { poison: ({ key }: { key: string }) => bad.includes(key) };
    const ailing = await rig.start({ ailments: Object.fromEntries(bad.map((key) => [key, 'data'])) });
    await rig.load(900, { keys: 15 });
    await rig.settled(rules);
    ailing.signal('SIGTERM');
    await ailing.exited;
    const doomed = await rig.start();
    rig.watch();
    const audit = lab.outsider.read(`finance.audit.v1${rig.suffix}`);
    const desk = await openDesk(lab, rig, INPUT);
    try {
      const load = rig.load(900, { keys: 15, perSecond: 60 });
      const ids = await Promise.all([desk.request({ rate: 40 }), desk.request({ rate: 40 })]);
      if (ids.filter((id) => id !== null).length === 0) throw new Broken(['nothing was eligible']);
      await eventually(async () => (await redriven(rig)) > 20, { describe: 'the redrive to begin' });
      for (const id of ids) if (id !== null) await desk.stop(id);
      const atStop = await redriven(rig);
      await desk.request({ rate: 200 });
      await eventually(async () => (await redriven(rig)) > atStop + 20, { describe: 'the second redrive to begin' });
      await doomed.kill();
      await rig.start();
      await load;
      // What came to a held key after the last request waits for the next one.
      await eventually(async () => (await desk.request({})) === null && (await held(rig)) === 0, {
        timeoutMs: 60_000,
        intervalMs: 500,
        describe: async () => `${await held(rig)} still held`,
      });
      await rig.settled();
      holds(await rig.judge());
      holds(await audited(rig, audit));
      note(`stopped after ${atStop}, ${await redriven(rig)} redriven in the end, each with its audit entry`);
    } finally {
      lab.outsider.stop(`finance.audit.v1${rig.suffix}`);
      await desk.close();
    }
  },
};

const redriven = (rig: Rig): Promise<number> => count(rig, `status = 'redriven'`);
const held = (rig: Rig): Promise<number> => count(rig, `status IN ('open', 'parked')`);

async function count({ pg }: Rig, where: string): Promise<number> {
  const { rows } = await pg.query<{ count: string }>(`SELECT count(*) FROM dead_letter WHERE ${where}`);
  return Number(rows[0]?.count);
}

/** Every letter that a person's request settled can be walked back to that person, on the topic. */
async function audited({ pg }: Rig, seen: readonly { readonly key: Buffer | null }[]): Promise<string[]> {
  const { rows } = await pg.query<{ id: string }>(`SELECT id FROM dead_letter WHERE status = 'redriven'`);
  const missing = async (): Promise<number> => {
    const told = new Set(seen.map(({ key }) => String(key)));
    return rows.filter(({ id }) => !told.has(id)).length;
  };
  await eventually(async () => (await missing()) === 0).catch(() => undefined);
  return (await missing()) === 0 ? [] : [`audit: ${await missing()} redriven letters have no entry`];
}
