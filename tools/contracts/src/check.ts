import { parse } from 'yaml';
import { parseContracts, type ContractFiles } from './contracts.ts';
import { evolutionProblems, frozenProblems, sampleProblems, type Finding } from './gates-released.ts';
import { schemaProblems, sharedTypeProblems } from './gates-schema.ts';
import { consumerProblems, ownershipProblems, topicProblems } from './gates-topics.ts';

/** Service -> topics that its ConsumerSpecs name. */
export type Subscriptions = ReadonlyMap<string, ReadonlySet<string>>;

/** Every gate of the contracts, offline; empty when they hold. A file out of shape is a finding, not an exception. */
export function checkContracts(files: ContractFiles, subscriptions: Subscriptions | null = null): readonly Finding[] {
  let topics;
  try {
    topics = parseContracts(files);
  } catch (error) {
    const [, file = '', problem = ''] = /^schemas\/(\S+): (.*)$/s.exec((error as Error).message) ?? [];
    return [{ file, field: '', problem: problem || (error as Error).message }];
  }
  const listed = Object.keys((parse(files.get('ownership.yaml') ?? '{}') as object | null) ?? {});
  const inFile = (file: string) => (problem: Omit<Finding, 'file'>) => ({ file, ...problem });
  return [
    ...topics.flatMap((topic) => schemaProblems(topic).map(inFile(`${topic.file}.avsc`))),
    ...sharedTypeProblems(topics).map(({ file, problem }) => ({ file: `${file}.avsc`, ...problem })),
    ...topicProblems(topics, files).map(inFile('topics.yaml')),
    ...ownershipProblems(topics, listed).map(inFile('ownership.yaml')),
    ...frozenProblems(files),
    ...topics.flatMap((topic) => [...evolutionProblems(topic, files), ...sampleProblems(topic, files)]),
    ...(subscriptions === null ? [] : consumerProblems(topics, subscriptions).map(inFile('topics.yaml'))),
  ];
}

/** `schemas/invoice.v1.avsc: lines[].net: has no doc` */
export function describeFinding({ file, field, problem }: Finding): string {
  return `schemas/${file}: ${field === '' ? '' : `${field}: `}${problem}`;
}
