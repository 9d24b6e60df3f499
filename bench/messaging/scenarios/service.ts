import { setTimeout as delay } from 'node:timers/promises';
import { runChild, startChild } from '../child.ts';
import { IDLE_TOPICS } from '../idle-topics.ts';
import { cpuSeconds, maxRssMiB } from '../../proc.ts';
import { TOPIC } from '../record.ts';
import type { Part, Scenario } from '../scenario.ts';
import { throughput, watchTopic } from '../window.ts';

export const HOP = 'one hop: consume, effect, outbox, publish';
const OUTPUT = 'finance.legal-entity.v1';
const IDLE_SECONDS = 12;

let services = 0;

const hop: Scenario = {
  name: 'hop',
  async run({ environment, options }) {
    const service = `bench-hop-${++services}`;
    await environment.createTopic(`tieout.${service}.outbox-mark.v1`, 1, { 'cleanup.policy': 'compact' });
    const databaseUrl = await environment.freshDatabase();
    const events = Math.floor(options.events / 3);
    const child = await startChild('tieout-hop', { where: environment.where, databaseUrl, service }, options.profile);
    try {
      return throughput('tieout', HOP, await watchTopic(environment, OUTPUT, { pids: [child.pid], events }));
    } finally {
      await child.end();
    }
  },
};

const idle: Scenario = {
  name: 'idle',
  async run({ environment, options }) {
    const service = `bench-idle-${++services}`;
    await environment.createTopic(`tieout.${service}.outbox-mark.v1`, 1, { 'cleanup.policy': 'compact' });
    const databaseUrl = await environment.freshDatabase();
    const child = await startChild('tieout-idle', { where: environment.where, databaseUrl, service }, options.profile);
    try {
      child.send('settled?');
      await child.next('settled', 30_000);
      await delay(3_000);
      const before = cpuSeconds(child.pid);
      const seconds = IDLE_SECONDS * options.timeScale;
      await delay(seconds * 1_000);
      const after = cpuSeconds(child.pid);
      if (before === null || after === null) throw new Error('the processor time of a process cannot be read here');
      const value = ((after - before) / seconds) * 100;
      const base = { subject: 'tieout', cpuSeconds: after - before, maxRssMiB: maxRssMiB(child.pid) };
      return [{ ...base, metric: 'idle service', unit: '% of a core', value }];
    } finally {
      await child.end();
    }
  },
};

type DecodeRate = { readonly value: number; readonly cpuSeconds: number };

const decode: Scenario = {
  name: 'decode',
  async run({ options }) {
    const milliseconds = Math.max(300, 1_500 * options.timeScale);
    const child = await startChild('decode', { milliseconds }, options.profile);
    try {
      const ours = await child.next<DecodeRate>('ours');
      const client = await child.next<DecodeRate>('client');
      const base = { metric: 'decode with an evolved reader', unit: 'records/CPU s', maxRssMiB: maxRssMiB(child.pid) };
      return [
        { ...base, ...ours, subject: 'tieout' },
        { ...base, ...client, subject: 'registry client, readerSchema' },
      ];
    } finally {
      await child.end();
    }
  },
};

export const service: Part = {
  name: 'service',
  about: 'a service as a whole: a hop from topic to topic, at rest, decoding',
  async prepare({ environment, options }) {
    await environment.createTopic(OUTPUT, 2);
    for (const topic of IDLE_TOPICS) await environment.createTopic(topic, 3);
    if ((await environment.admin.listTopics()).includes(TOPIC)) return;
    await environment.createTopic(TOPIC, 2);
    const to = Math.ceil(options.events / 3 / 2) * 2;
    await runChild('feed', { where: environment.where, topic: TOPIC, partitions: 2, from: 0, to });
  },
  scenarios: [hop, idle, decode],
};
