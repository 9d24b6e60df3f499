import { resolve } from 'node:path';
import type { TopicName, ValueOf } from '@tieout/canonical';
import { parseContracts, readContractFiles, sampleName } from './contracts.ts';
import { fromSample } from './samples.ts';

/** A golden message: as plain JSON, and as the value that services handle. */
export interface GoldenSample<T extends TopicName = TopicName> {
  readonly topic: T;
  readonly json: unknown;
  readonly value: ValueOf<T>;
}

/** The golden message of every topic's schema of today, from this repository's schemas/. */
export function goldenSamples(): readonly GoldenSample[] {
  const files = readContractFiles(resolve(import.meta.dirname, '../../../schemas'));
  return parseContracts(files).map(({ name, file, release, schema }) => {
    const json: unknown = JSON.parse(files.get(sampleName(file, release)) ?? 'null');
    return { topic: name as TopicName, json, value: fromSample(schema, json) as ValueOf<TopicName> };
  });
}
