import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { archiveFlags } from './class-archive.ts';
import type { Guardian } from './guardian-client.ts';
import { type KafkaNode, serverProperties } from './kafka-config.ts';
import { javaCommand } from './prerequisites.ts';
import { untilReady } from './readiness.ts';

/** The nodes that a guardian runs from one folder of jars. */
export interface Cluster {
  readonly guardian: Guardian;
  readonly jars: string;
  /** 128 random bits in base64url. */
  readonly id: string;
  readonly nodes: readonly KafkaNode[];
}

const JVM = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Djava.awt.headless=true'];
const PATIENCE = { connectionTimeout: 2_000, requestTimeout: 5_000, retry: { retries: 0 }, logLevel: logLevel.NOTHING };
const LOGGING = fileURLToPath(new URL('../maven/log4j2.properties', import.meta.url));

/** A name that Kafka accepts for a cluster or a log folder: 128 random bits in base64url. */
export function kafkaUuid(): string {
  return randomBytes(16).toString('base64url');
}

export const addressOf = (node: KafkaNode): string => `127.0.0.1:${node.port}`;
const nameOf = (node: KafkaNode): string => `kafka-${node.id}`;
const logOf = (node: KafkaNode): string => join(node.folder, 'server.log');
const propertiesOf = (node: KafkaNode): string => join(node.folder, 'server.properties');

/** Writes a node's configuration; returns its path. */
export function configure({ nodes }: Cluster, node: KafkaNode): string {
  writeFileSync(propertiesOf(node), serverProperties(node, nodes));
  return propertiesOf(node);
}

export async function startNode({ guardian, jars }: Cluster, node: KafkaNode): Promise<void> {
  const logging = `-Dlog4j2.configurationFile=${LOGGING}`;
  await guardian.spawn({
    name: nameOf(node),
    command: javaCommand(),
    args: [...JVM, ...archiveFlags(jars), logging, '-cp', '*', 'kafka.Kafka', propertiesOf(node)],
    cwd: jars,
    logFile: logOf(node),
    endSignal: 'SIGKILL',
  });
}

/** Sends a signal that ends the process, and waits until it has. */
export async function endNode({ guardian }: Cluster, node: KafkaNode, signal: NodeJS.Signals): Promise<void> {
  if (!guardian.isRunning(nameOf(node))) return;
  const exited = guardian.exited(nameOf(node));
  await guardian.signal(nameOf(node), signal);
  await exited;
}

export async function signalNode({ guardian }: Cluster, node: KafkaNode, signal: NodeJS.Signals): Promise<void> {
  await guardian.signal(nameOf(node), signal);
}

/** Waits until a node of this very cluster answers and counts every living node among the brokers. */
export function untilJoined({ guardian, id, nodes }: Cluster, node: KafkaNode): Promise<void> {
  const living = nodes.filter((one) => guardian.isRunning(nameOf(one)));
  return untilReady(guardian, { name: nameOf(node), logFile: logOf(node) }, async () => {
    const admin = new Kafka({ ...PATIENCE, brokers: [addressOf(node)] }).admin();
    try {
      await admin.connect();
      const { brokers, clusterId } = await admin.describeCluster();
      return clusterId === id && living.every((one) => brokers.some((broker) => broker.nodeId === one.id));
    } finally {
      await admin.disconnect();
    }
  });
}
