import { TOPICS } from '@tieout/canonical';
import { createKafka, repartitionTopic, type RaisedAt, type RepartitionOptions } from '@tieout/messaging';
import pino from 'pino';

export interface RepartitionArguments {
  readonly brokers: string;
  readonly producer: readonly string[];
  /** In seconds. */
  readonly patience: string;
}

export type Repartition = Omit<RepartitionOptions, 'kafka' | 'onStep'> & { readonly brokers: readonly string[] };

/** Checks a command line against the contracts. @throws Error that says what is wrong with it */
export function readRepartition(topic: string, partitions: string, given: RepartitionArguments): Repartition {
  const contract = Object.values(TOPICS).find(({ name }) => name === topic);
  if (contract === undefined) throw new Error(`${topic} is no topic of the contracts`);
  if (contract.partitions !== Number(partitions))
    throw new Error(
      `the contract of ${topic} says ${contract.partitions} partitions: change schemas/topics.yaml first`,
    );
  const producers = given.producer.map(readProducer);
  const named = new Set(producers.map(({ service }) => service));
  const missing = contract.producers.filter((service) => !named.has(service));
  if (missing.length > 0)
    throw new Error(`--producer is missing for ${missing.join(', ')}: all of them have to hold it`);
  const patienceMs = Number(given.patience) * 1_000;
  if (!(patienceMs > 0)) throw new Error('--patience has to be a number of seconds');
  return { topic, partitions: contract.partitions, producers, patienceMs, brokers: given.brokers.split(',') };
}

function readProducer(text: string): RepartitionOptions['producers'][number] {
  const match = /^([a-z][a-z0-9-]*)=(postgres(?:ql)?:\/\/[^#]+)#([a-z_][a-z0-9_]{0,62})$/.exec(text);
  const [, service, connectionString, schema] = match ?? [];
  if (service === undefined || connectionString === undefined || schema === undefined)
    throw new Error('--producer has to be service=postgres://user:password@host:port/database#schema');
  return { service, connectionString, schema };
}

export function repartition({ brokers, ...options }: Repartition, onStep: (text: string) => void): Promise<RaisedAt> {
  const kafka = createKafka({ clientId: 'contracts', brokers: [...brokers] }, pino({ level: 'silent' }));
  return repartitionTopic({ ...options, kafka, onStep });
}
