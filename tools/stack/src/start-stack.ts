import { type Artifact, resolveArtifact } from './artifacts.ts';
import { type Exit, type Guardian, startGuardian } from './guardian-client.ts';
import type { SpawnSpec } from './guardian-protocol.ts';
import type { IssuerAddress, PostgresAddress, StackHandle } from './handle.ts';
import { startIssuer } from './issuer.ts';
import { type KafkaCluster, startKafka, type BrokerControl } from './kafka.ts';
import type { PartControl } from './part-control.ts';
import { startPostgres, type PostgresServer, type PostgresSettings } from './postgres.ts';
import { checkPrerequisites } from './prerequisites.ts';
import { startRegistry, type RegistryServer } from './registry.ts';
import { sweepAbandoned } from './sweep.ts';

export const STACK_PARTS = ['kafka', 'registry', 'postgres', 'issuer'] as const;
export type StackPart = (typeof STACK_PARTS)[number];

export interface StackOptions {
  /** Default: all. */
  readonly parts?: readonly StackPart[];
  /** Brokers of the Kafka cluster, default 1; three replicate with min.insync.replicas 2. */
  readonly brokers?: number;
  /** Beside the stack's own, for example { wal_level: 'logical' }. */
  readonly postgresSettings?: PostgresSettings;
  /** Hears what is going on, one line a call. */
  readonly onProgress?: (message: string) => void;
  /** A file that the caller writes to announce the stack; removed with it, whatever way the caller ends. */
  readonly announcement?: string;
}

/** A stack of this program's own: it ends with stop() or with the program, however that ends. */
export interface RunningStack extends StackHandle {
  /** Temporary folder with data and logs of all parts. */
  readonly folder: string;
  /** Pid of the process that owns the parts. */
  readonly guardianPid: number;
  /** Folder with Kafka's jars, for its own tools and clients; empty when Kafka was not asked for. */
  readonly kafkaJars: string;
  /** The folder with what Maven brings, fetched once per machine. */
  artifact(artifact: Artifact): Promise<string>;
  /** Runs another program as a part of the stack: it ends with it. Resolves to its pid, rejects when it cannot be started. */
  spawn(spec: SpawnSpec): Promise<number>;
  /** Resolves when the program named so ends. */
  exited(name: string): Promise<Exit>;
  /** Does things to one broker, by node id from 1. */
  broker(nodeId: number): BrokerControl;
  /** Does things to the registry or to PostgreSQL. */
  server(part: 'registry' | 'postgres'): PartControl;
  /** Ends all processes and removes the folder. */
  stop(): Promise<void>;
}

const NO_POSTGRES: PostgresAddress = { host: '', port: 0, user: '', password: '', database: '' };

/**
 * Starts Apache Kafka, Apicurio Registry, PostgreSQL and an issuer of bearer tokens on free ports of 127.0.0.1, without containers, all at once.
 * @throws PrerequisiteError when Java or Maven is missing
 */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const parts = new Set<StackPart>(options.parts ?? STACK_PARTS);
  const progress = options.onProgress ?? (() => undefined);
  if (parts.has('kafka') || parts.has('registry')) await checkPrerequisites();
  await sweepAbandoned();
  const guardian = await startGuardian(options.announcement ?? null);
  try {
    const part = <T>(name: StackPart, start: () => Promise<T>): Promise<T | null> =>
      parts.has(name) ? timed(name, start, progress) : Promise.resolve(null);
    const [kafka, registry, postgres, issuer] = await Promise.all([
      part('kafka', () => startKafka(guardian, options.brokers ?? 1, progress)),
      part('registry', () => startRegistry(guardian, progress)),
      part('postgres', () => startPostgres(guardian, options.postgresSettings)),
      part('issuer', () => startIssuer(guardian)),
    ]);
    return running(guardian, { kafka, registry, postgres, issuer }, progress);
  } catch (error) {
    await guardian.stop();
    throw error;
  }
}

function running(
  guardian: Guardian,
  parts: {
    kafka: KafkaCluster | null;
    registry: RegistryServer | null;
    postgres: PostgresServer | null;
    issuer: IssuerAddress | null;
  },
  progress: (message: string) => void,
): RunningStack {
  return {
    brokers: parts.kafka?.brokers ?? [],
    registryUrl: parts.registry?.url ?? '',
    postgres: parts.postgres?.address ?? NO_POSTGRES,
    issuer: parts.issuer,
    folder: guardian.folder,
    guardianPid: guardian.pid,
    kafkaJars: parts.kafka?.jars ?? '',
    artifact: (artifact) => resolveArtifact(artifact, guardian, progress),
    spawn: (spec) => guardian.spawn(spec),
    exited: (name) => guardian.exited(name),
    broker: (nodeId) => {
      if (parts.kafka === null) throw new Error('this stack was started without Kafka');
      return parts.kafka.broker(nodeId);
    },
    server: (part) => {
      const server = parts[part];
      if (server === null) throw new Error(`this stack was started without ${part}`);
      return server.control;
    },
    stop: () => guardian.stop(),
  };
}

async function timed<T>(name: StackPart, start: () => Promise<T>, progress: (message: string) => void): Promise<T> {
  const begun = performance.now();
  const result = await start();
  progress(`${name}: ready after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return result;
}
