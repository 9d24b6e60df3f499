import { Broken, holds, type Scenario } from '../scenario.ts';
import { countedKinds } from '../oracle/checks.ts';

const CYCLES = 8;
const EXIT_WITHIN_MS = 10_000;

export const f16: Scenario = {
  id: 'F16',
  title: 'The service is stopped in order (SIGTERM) and started again under load.',
  promises: ['P1', 'P2', 'P4'],
  fast: false,
  async run({ rig: open, note }) {
    const rig = await open();
    let slowest = 0;
    const load = rig.load(CYCLES * 500, { perSecond: 150 });
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const subject = await rig.start();
      rig.watch();
      await subject.line(/"state":"running"/);
      const since = performance.now();
      subject.signal('SIGTERM');
      const { code, signal } = await subject.exited;
      slowest = Math.max(slowest, performance.now() - since);
      if (code !== 0) throw new Broken([`it ended with ${signal ?? String(code)}: ${subject.stderr().slice(-500)}`]);
    }
    await load;
    await rig.start();
    await rig.settled();
    holds(await rig.judge());
    if (slowest > EXIT_WITHIN_MS) throw new Broken([`it took ${Math.round(slowest)} ms to stop`]);
    const again = countedKinds((await rig.observe()).positions).get('duplicate') ?? 0;
    if (again > 0) throw new Broken([`${again} records were handed to the handler a second time`]);
    note(`${CYCLES} stops, the slowest took ${(slowest / 1_000).toFixed(1)} s`);
  },
};
