import { createRandom } from '@tieout/testing/programs';
import { generate } from '../generator/generate.ts';
import { spoilt } from '../generator/spoil.ts';
import { holds, type Scenario } from '../scenario.ts';

export const f28: Scenario = {
  id: 'F28',
  title: 'Revisions arrive shuffled and late, and an event id comes again with another content.',
  promises: ['P2', 'P3'],
  fast: false,
  async run({ seed, rig: open, note }) {
    const random = createRandom(seed, 'F28');
    const states = await open();
    const shuffled = random.shuffled(generate({ seed, input: 'finance.invoice.v1', events: 800, keys: 20 }));
    await states.send(shuffled.map(states.recordOf), shuffled);
    await states.start();
    states.watch();
    const facts = await open({ input: 'finance.erp-command.v1' });
    const events = await facts.load(300);
    await facts.start();
    facts.watch();
    // Readable as bytes, unusable as an event: the id names another content.
    const conflicts = events.slice(0, 5).map((event) => facts.recordOf({ ...event, amount: '0.01' }));
    await facts.send(conflicts.map((record) => spoilt(record, (value) => value)));
    await facts.load(200);
    for (const rig of [states, facts]) {
      await rig.settled();
      holds(await rig.judge());
    }
    note('800 shuffled revisions kept the highest; 5 conflicts dead-lettered, their keys parked');
  },
};
