import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '@tieout/canonical';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AvroRecord } from './avro-schema.ts';

const config = z.record(z.string(), z.string());
const topicEntry = z.strictObject({
  kind: z.enum(['state', 'fact']),
  key: z.string().min(1),
  owner: z.string().min(1),
  producers: z.array(z.string()).min(1),
  consumers: z.array(z.string()),
  partitions: z.int().min(1).max(100),
  retention: z.int().min(1).optional(),
  poison: z.enum(['supersede', 'park']),
  classification: z.enum(['internal', 'confidential', 'personal']),
  purpose: z.string().min(1),
  compatibility: z.string().optional(),
  config: config.optional(),
});
const topicsFile = z.strictObject({
  defaults: z.strictObject({ compatibility: z.string(), state: config, fact: config, all: config }),
  topics: z.record(z.string().regex(/^finance\.[a-z]+(-[a-z]+)*\.v[1-9]\d*$/), topicEntry),
});
const ownershipFile = z.record(z.string(), z.record(z.string(), z.array(z.string())));

export type TopicEntry = z.infer<typeof topicEntry>;

/** One topic with all that its contract says. */
export interface TopicContract extends Omit<TopicEntry, 'config' | 'compatibility'> {
  readonly name: string;
  /** Base name of its files: `customer.v1`. */
  readonly file: string;
  readonly compatibility: string;
  /** Broker configuration, complete. */
  readonly config: Readonly<Record<string, string>>;
  readonly schema: AvroRecord;
  /** Number of this schema in the topic's history: that of the released version it equals, else the next one. */
  readonly release: number;
  /** System of record -> top-level fields. */
  readonly ownership: Readonly<Record<string, readonly string[]>>;
  /** Fields whose change waits for a person's approval before it is written into another system. */
  readonly governed: readonly string[];
}

/** Raw content of `schemas/`; keys are file names relative to it. Gates read this, so that they see also what does not fit. */
export type ContractFiles = ReadonlyMap<string, string>;

/** Reads `.avsc`, `.yaml` and `.json` files of `schemas/`, `released/` and `samples/`. */
export function readContractFiles(directory: string): ContractFiles {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(avsc|yaml|json)$/.test(name))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

/** @throws when a file is missing or out of shape; the message names it. */
export function parseContracts(files: ContractFiles): readonly TopicContract[] {
  const { defaults, topics } = shaped(files, 'topics.yaml', (text) => topicsFile.parse(parse(text)));
  const ownership = shaped(files, 'ownership.yaml', (text) => ownershipFile.parse(parse(text)));
  return Object.entries(topics).map(([name, entry]) => {
    const { governed = [], ...owned } = ownership[name] ?? {};
    const file = name.replace(/^finance\./, '');
    const retention = entry.retention === undefined ? {} : { 'retention.ms': String(entry.retention * 86_400_000) };
    return {
      ...entry,
      name,
      file,
      compatibility: entry.compatibility ?? defaults.compatibility,
      config: { ...defaults.all, ...defaults[entry.kind], ...retention, ...entry.config },
      schema: shaped(files, `${file}.avsc`, (text) => JSON.parse(text) as AvroRecord),
      release: currentRelease(files, file),
      ownership: owned,
      governed,
    };
  });
}

/** Release numbers of a topic, oldest first. */
export function releasesOf(files: ContractFiles, file: string): readonly number[] {
  const pattern = new RegExp(`^released/${file.replace('.', String.raw`\.`)}\\.r(\\d+)\\.avsc$`);
  return [...files.keys()]
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

export const releasedName = (file: string, release: number): string => `released/${file}.r${release}.avsc`;
export const sampleName = (file: string, release: number): string => `samples/${file}.r${release}.json`;

/** Two schema texts that say the same, whatever the white space. */
export function sameSchema(a: string, b: string): boolean {
  return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));
}

function currentRelease(files: ContractFiles, file: string): number {
  const latest = releasesOf(files, file).at(-1);
  if (latest === undefined) return 1;
  const [now, released] = [files.get(`${file}.avsc`), files.get(releasedName(file, latest))];
  return now !== undefined && released !== undefined && sameSchema(now, released) ? latest : latest + 1;
}

/** Services that publish, each with an outbox relay and its mark topic. */
export function producingServices(topics: readonly TopicContract[]): readonly string[] {
  return [...new Set(topics.flatMap((topic) => topic.producers))].sort();
}

function shaped<T>(files: ContractFiles, name: string, read: (text: string) => T): T {
  const text = files.get(name);
  if (text === undefined) throw new Error(`schemas/${name}: missing`);
  try {
    return read(text);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`schemas/${name}: ${reason}`, { cause: error });
  }
}
