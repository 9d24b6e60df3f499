import { keyOf } from '../generator/generate.ts';
import { holds, type Scenario } from '../scenario.ts';

/** By key number. kafkajs ends a consumer for good on a TypeError, and retries any other error for ever (reliability.md 0.4). */
const AILMENTS = { 0: 'type', 1: 'range', 2: 'thrown', 3: 'undefined', 4: 'data', 5: 'never' } as const;
const KEYS = 20;

export const f24: Scenario = {
  id: 'F24',
  title:
    'The handler throws a TypeError, a RangeError, what is no Error, nothing and a data error, and on one key never answers.',
  promises: ['P1', 'P2', 'P5'],
  fast: true,
  async run({ seed, rig: open, note }) {
    const prefixes = Object.entries(AILMENTS).map(([n, name]) => [keyOf(seed, Number(n)), name] as const);
    const ill = new Set(prefixes.map(([key]) => key));
    const rules = { poison: ({ key }: { key: string }) => ill.has(key) };
    // On the fact topic a key parks behind its first dead letter, so that each ailment strikes once.
    const rig = await open({ input: 'finance.erp-command.v1' });
    await rig.load(300, { keys: KEYS });
    const subject = await rig.start({
      ...{ ailments: Object.fromEntries(prefixes), maxChunk: 20 },
      timing: { hungAfterMs: 1_000, stuckAfterMs: 500 },
    });
    rig.watch();
    await subject.line(/^STATUS .*"state":"stuck"/);
    await rig.load(300, { keys: KEYS });
    await rig.settled(rules, 90_000);
    holds(await rig.judge(rules));
    const dead = await rig.pg.query(`SELECT 1 FROM dead_letter WHERE status = 'open'`);
    note(`${dead.rowCount ?? 0} dead letters, the rest of their keys parked, ${KEYS - ill.size} other keys flowed`);
  },
};
