import { createHash } from 'node:crypto';
import { canonicalJson } from '@tieout/canonical';
import { compileSchema } from '@tieout/messaging';
import type { Schema, Type } from 'avsc';
import type { AvroRecord } from './avro-schema.ts';
import { incompatibilities } from './compatibility.ts';
import type { ContractFiles, TopicContract } from './contracts.ts';
import { releasedName, releasesOf, sampleName } from './contracts.ts';
import { fromSample } from './samples.ts';

export const MANIFEST = 'released/manifest.json';

/** A problem in one file. */
export interface Finding {
  /** Relative to schemas/. */
  readonly file: string;
  readonly field: string;
  readonly problem: string;
}

/** SHA-256 of every released schema and of its sample, as the manifest keeps them. */
export function manifestOf(files: ContractFiles): Readonly<Record<string, string>> {
  const frozen = [...files.keys()].filter((name) => isFrozen(name, files)).sort();
  return Object.fromEntries(
    frozen.map((name) => [
      name,
      createHash('sha256')
        .update(files.get(name) ?? '')
        .digest('hex'),
    ]),
  );
}

/** A released schema, or the sample of one; the sample of a version in the making is still open. */
function isFrozen(name: string, files: ContractFiles): boolean {
  if (name.startsWith('released/') && name.endsWith('.avsc')) return true;
  const sample = /^samples\/(.+)\.json$/.exec(name)?.[1];
  return sample !== undefined && files.has(`released/${sample}.avsc`);
}

/** What was released never changes and never disappears: somewhere there are records that were written with it. */
export function frozenProblems(files: ContractFiles): readonly Finding[] {
  const kept = JSON.parse(files.get(MANIFEST) ?? '{}') as Record<string, string>;
  const actual = manifestOf(files);
  const finding = (file: string, problem: string): Finding => ({ file, field: '', problem });
  return [
    ...Object.keys(kept)
      .filter((name) => actual[name] === undefined)
      .map((name) => finding(name, 'was released and is gone')),
    ...Object.keys(actual)
      .filter((name) => kept[name] === undefined)
      .map((name) => finding(name, 'is not in the manifest: files are frozen by `contracts release` only')),
    ...Object.keys(actual)
      .filter((name) => kept[name] !== undefined && kept[name] !== actual[name])
      .map((name) => finding(name, 'was edited after its release')),
  ];
}

/** Today's schema against every released one. */
export function evolutionProblems(topic: TopicContract, files: ContractFiles): readonly Finding[] {
  return releasesOf(files, topic.file).flatMap((release) =>
    incompatibilities(released(files, topic.file, release), topic.schema).map(({ field, problem }) => ({
      file: `${topic.file}.avsc`,
      field,
      problem: `${problem} (against release r${release})`,
    })),
  );
}

/** Every version has a golden sample that it can write and that today's reader understands. */
export function sampleProblems(topic: TopicContract, files: ContractFiles): readonly Finding[] {
  const reader = compiled(topic.schema);
  if (typeof reader === 'string') return [{ file: `${topic.file}.avsc`, field: '', problem: reader }];
  const versions = new Set([...releasesOf(files, topic.file), topic.release]);
  return [...versions].flatMap((release) => {
    const file = sampleName(topic.file, release);
    const schema = release === topic.release ? topic.schema : released(files, topic.file, release);
    const problem = sampleProblem(schema, files.get(file), reader);
    return problem === null ? [] : [{ file, field: '', problem }];
  });
}

function compiled(schema: AvroRecord): Type | string {
  try {
    return compileSchema(schema as unknown as Schema);
  } catch (error) {
    return `is not a valid Avro schema: ${(error as Error).message}`;
  }
}

function sampleProblem(schema: AvroRecord, sample: string | undefined, reader: Type): string | null {
  if (sample === undefined) return 'is missing: each version has a golden sample';
  try {
    const value = fromSample(schema, JSON.parse(sample)) as Record<string, unknown>;
    const writer = compileSchema(schema as unknown as Schema);
    const decoded = reader.fromBuffer(writer.toBuffer(value), reader.createResolver(writer)) as Record<string, unknown>;
    return changedField(value, decoded);
  } catch (error) {
    return (error as Error).message;
  }
}

function changedField(written: Record<string, unknown>, read: Record<string, unknown>): string | null {
  const field = Object.keys(written).find(
    (name) => name in read && canonicalJson(read[name]) !== canonicalJson(written[name]),
  );
  return field === undefined
    ? null
    : `${field} reads back as ${canonicalJson(read[field]).slice(0, 120)}: samples are in canonical form`;
}

function released(files: ContractFiles, file: string, release: number): AvroRecord {
  return JSON.parse(files.get(releasedName(file, release)) ?? 'null') as AvroRecord;
}
