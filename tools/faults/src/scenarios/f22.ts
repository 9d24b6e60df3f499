import { TOPIC_SCHEMAS } from '@tieout/canonical';
import { registerSchema } from '@tieout/messaging';
import { written } from '../generator/spoil.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

const TOPIC = 'finance.invoice.v1';

export const f22: Scenario = {
  id: 'F22',
  title: 'Producers of three schema versions write the same keys in turn; an incompatible version is refused.',
  promises: ['P1', 'P2', 'P6'],
  fast: false,
  async run({ lab, rig: open, note }) {
    const rig = await open();
    await rig.start();
    rig.watch();
    const versions = [TOPIC_SCHEMAS[TOPIC], added('approvedBy'), added('channel')];
    const subject = `faults-f22-${rig.service}-value`;
    const connection = { url: lab.stack.registryUrl };
    const ids: number[] = [];
    for (const schema of versions) ids.push(await registerSchema(connection, subject, schema));
    const events = await rig.load(100);
    const fresh = events.map((event) => ({
      ...event,
      revision: event.revision + 10_000n,
      eventId: `${event.eventId.slice(0, -4)}beef`,
    }));
    const records = await Promise.all(
      fresh.map(async (event, n) => {
        const record = rig.recordOf(event);
        const value = await lab.codec.decode(TOPIC, record.value ?? Buffer.alloc(0));
        const extra = { approvedBy: 'somebody', channel: 'web' };
        return { ...record, value: written(versions[n % 3] ?? '', ids[n % 3] ?? 0, { ...value, ...extra }) };
      }),
    );
    await rig.send(records, fresh);
    await rig.settled();
    holds(await rig.judge());
    const incompatible = TOPIC_SCHEMAS[TOPIC].replace('"name":"invoiceId"', '"name":"invoiceNumber"');
    const refused = await registerSchema(connection, subject, incompatible).then(
      () => false,
      () => true,
    );
    if (!refused) throw new Broken(['the registry took an incompatible version']);
    note(`${records.length} records of 3 versions mixed`);
  },
};

/** One more field that old readers do not know and new ones can do without. */
function added(name: string): string {
  const field = `{"name":"${name}","type":["null","string"],"default":null,"doc":"Of the future."}`;
  return TOPIC_SCHEMAS[TOPIC].replace('{"name":"disputed"', `${field},{"name":"disputed"`);
}
