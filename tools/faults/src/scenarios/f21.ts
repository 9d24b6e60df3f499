import { TOPIC_SCHEMAS } from '@tieout/canonical';
import { registerSchema } from '@tieout/messaging';
import { eventually, type TsProcess } from '@tieout/testing/programs';
import { written } from '../generator/spoil.ts';
import { startGate } from '../gate.ts';
import { registerAll, type Lab } from '../lab.ts';
import type { Rig } from '../rig.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

const TOPIC = 'finance.invoice.v1';

export const f21: Scenario = {
  id: 'F21',
  title:
    'The schema registry hangs when the service starts, and is killed while it runs; records with unknown ids arrive meanwhile.',
  promises: ['P1', 'P2', 'P5'],
  fast: false,
  async run({ lab, rig: open, note }) {
    const rig = await open();
    const registry = lab.stack.server('registry');
    const futures = ['FIRST', 'SECOND'].map((symbol) => future(symbol));
    const register = async (): Promise<number[]> => {
      const ids = [];
      for (const schema of futures)
        ids.push(
          await registerSchema({ url: lab.stack.registryUrl }, `faults-f21-${rig.service}-${ids.length}-value`, schema),
        );
      return ids;
    };
    const ids = await register();
    await registry.pause();
    await rig.load(200);
    const { hostname: host, port, pathname } = new URL(lab.stack.registryUrl);
    const gate = await startGate({ host, port: Number(port) });
    const subject = await rig.start({ registryUrl: `http://127.0.0.1:${gate.port}${pathname}` });
    rig.watch();
    await rig.settled();
    await unknown(lab, rig, subject, futures[0] ?? '', ids[0] ?? 0);
    await registry.resume();
    await rig.settled();
    await gate.shut();
    await registry.kill();
    await unknown(lab, rig, subject, futures[1] ?? '', ids[1] ?? 0);
    await registry.start();
    // It has forgotten everything, and gives the same ids for the same order. One that answers with nothing in it is no outage:
    // what it says of an id counts, so the service meets it again only when it is as before.
    await registerAll(lab.stack.registryUrl);
    const again = await register();
    if (again.join() !== ids.join()) throw new Broken([`the test is void: ids ${ids.join()} became ${again.join()}`]);
    await gate.open();
    await rig.settled({}, 90_000);
    await gate.shut();
    holds(await rig.judge());
    note('known ids flowed, unknown ones waited, 0 dead letters');
  },
};

function future(symbol: string): string {
  return TOPIC_SCHEMAS[TOPIC].replace('"VOIDED","DELETED"]', `"VOIDED","DELETED","${symbol}"]`);
}

/** An id that only the registry knows: its partition waits, and says so; nothing becomes a dead letter. */
async function unknown(lab: Lab, rig: Rig, subject: TsProcess, schema: string, id: number): Promise<void> {
  const before = subject.lines.length;
  const [event] = (await rig.load(50)).slice(-1);
  if (!event) throw new Error('no event');
  const newer = { ...event, revision: event.revision + 1n, eventId: `${event.eventId.slice(0, -4)}f0f0` };
  const record = rig.recordOf(newer);
  const value = await lab.codec.decode(TOPIC, record.value ?? Buffer.alloc(0));
  await rig.send([{ ...record, value: written(schema, id, value) }], [newer]);
  await waitFor(subject, before, /"state":"retrying".*registry/);
  await rig.load(50);
  const { rows } = await rig.pg.query<{ dead: string }>('SELECT count(*) AS dead FROM dead_letter');
  if (rows[0]?.dead !== '0')
    throw new Broken([`${rows[0]?.dead ?? ''} records were dead-lettered for a registry that was away`]);
}

/** As `line`, of those to come. */
async function waitFor(subject: TsProcess, from: number, pattern: RegExp): Promise<void> {
  const found = (): boolean => subject.lines.slice(from).some((line) => pattern.test(line));
  await eventually(found, { timeoutMs: 15_000, describe: () => subject.lines.slice(from).join('\n') });
}
