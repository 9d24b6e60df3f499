import { eventually } from '@tieout/testing/programs';
import type { Rig } from '../rig.ts';
import { Broken, holds, type Context, type Scenario } from '../scenario.ts';
import { stopped } from './helpers.ts';

const TIMING = { timing: { sessionMs: 2_000 } };

/** kafkajs jumps over what was trimmed without a word (reliability.md 0.5); our position knows where it was. */
export const f32: Scenario = {
  id: 'F32',
  title:
    'The log is trimmed past the position, or the topic is deleted and created again, shorter and longer than before.',
  promises: ['P1', 'P5'],
  fast: true,
  async run(context) {
    const seconds = await Promise.all([trimmed(context), recreated(context, 'shorter'), recreated(context, 'longer')]);
    context.note(`stopped after ${seconds.map((s) => s.toFixed(1)).join(', ')} s, nothing skipped`);
  },
};

async function trimmed(context: Context): Promise<number> {
  const { rig } = await consumed(context);
  await rig.load(300);
  const { admin } = context.lab;
  await admin.fetchTopicOffsets(rig.input); // kafkajs deletes only where it already knows the leader
  await admin.deleteTopicRecords({ topic: rig.input, partitions: [{ partition: 0, offset: '350' }] });
  return stops(rig, /log starts at/);
}

async function recreated({ lab, ...context }: Context, how: 'shorter' | 'longer'): Promise<number> {
  const { rig } = await consumed({ lab, ...context });
  await lab.admin.deleteTopics({ topics: [rig.input] });
  await eventually(async () => !(await lab.admin.listTopics()).includes(rig.input), {
    describe: 'the topic to be gone',
  });
  await lab.createTopic(rig.input, { partitions: 1 });
  await rig.load(how === 'shorter' ? 50 : 600);
  return stops(rig, how === 'shorter' ? /log ends at/ : /is not the one/);
}

/** A service that has consumed 300 records and is away. */
async function consumed({ rig: open }: Context): Promise<{ rig: Rig }> {
  const rig = await open({ partitions: 1 });
  await rig.load(300);
  const subject = await rig.start(TIMING);
  await rig.settled();
  subject.signal('SIGTERM');
  await subject.exited;
  return { rig };
}

/** Comes back, stops with this reason, and has neither moved its position nor applied anything. */
async function stops(rig: Rig, reason: RegExp): Promise<number> {
  const before = await state(rig);
  const since = performance.now();
  const subject = await rig.start(TIMING);
  await stopped(subject, reason);
  const seconds = (performance.now() - since) / 1_000;
  const after = await state(rig);
  holds(before === after ? [] : [`it went on: ${before} became ${after}`]);
  if (seconds > 15) throw new Broken([`it took ${seconds.toFixed(1)} s to show`]);
  return seconds;
}

async function state({ pg }: Rig): Promise<string> {
  const { rows } = await pg.query<{ at: string }>(
    `SELECT concat((SELECT string_agg(next_offset::text, ',') FROM consumer_position), ' ', (SELECT count(*) FROM journal)) AS at`,
  );
  return rows[0]?.at ?? '';
}
