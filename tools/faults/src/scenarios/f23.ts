import { spoilt, withSchemaId } from '../generator/spoil.ts';
import { holds, type Scenario } from '../scenario.ts';

const NO_SUCH_ID = 987_654_321;

export const f23: Scenario = {
  id: 'F23',
  title: 'Unknown schema id, wrong magic byte, truncated body, trailing bytes, no bytes at all, between good records.',
  promises: ['P1', 'P2'],
  fast: false,
  async run({ rig: open, note }) {
    for (const input of ['finance.invoice.v1', 'finance.erp-command.v1'] as const) {
      const rig = await open({ input });
      await rig.start();
      rig.watch();
      const events = await rig.load(300);
      const ways: readonly ((value: Buffer) => Buffer)[] = [
        (value) => withSchemaId(value, NO_SUCH_ID),
        (value) => Buffer.concat([Buffer.from([7]), value.subarray(1)]),
        (value) => value.subarray(0, value.length - 3),
        (value) => Buffer.concat([value, Buffer.from('trailing')]),
        () => Buffer.alloc(0),
        (value) => value.subarray(0, 3),
      ];
      await rig.send(ways.map((way, n) => spoilt(rig.recordOf(events[n] ?? fail()), way)));
      await rig.load(300);
      await rig.settled();
      holds(await rig.judge());
    }
    note('6 dead letters each on a state and a fact topic, bytes unchanged');
  },
};

function fail(): never {
  throw new Error('no event');
}
