import { TOPICS } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { readRepartition } from './repartition.ts';

const TOPIC = 'finance.invoice.v1';
const { partitions, producers } = TOPICS[TOPIC];
const given = {
  brokers: 'a:1,b:2',
  producer: producers.map((service) => `${service}=postgres://u:p@h:5432/db#s_${service.replaceAll('-', '_')}`),
  patience: '30',
};

describe('the command line of a raise', () => {
  it("names the topic, its contract's number and every producer", () => {
    expect(readRepartition(TOPIC, String(partitions), given)).toEqual({
      topic: TOPIC,
      partitions,
      patienceMs: 30_000,
      brokers: ['a:1', 'b:2'],
      producers: producers.map((service) => ({
        service,
        connectionString: 'postgres://u:p@h:5432/db',
        schema: `s_${service.replaceAll('-', '_')}`,
      })),
    });
  });

  it.each([
    ['another number than the contract', TOPIC, String(partitions + 1), given, 'change schemas/topics.yaml first'],
    ['an unknown topic', 'finance.nothing.v1', '3', given, 'no topic of the contracts'],
    [
      'a producer that is left out',
      TOPIC,
      String(partitions),
      { ...given, producer: [] },
      `missing for ${producers[0]}`,
    ],
    [
      'a database without its schema',
      TOPIC,
      String(partitions),
      { ...given, producer: ['a=postgres://h/d'] },
      '#schema',
    ],
    ['no patience', TOPIC, String(partitions), { ...given, patience: 'x' }, 'number of seconds'],
  ])('is refused with %s', (_, topic, count, options, problem) => {
    expect(() => readRepartition(topic, count, options)).toThrow(problem);
  });
});
