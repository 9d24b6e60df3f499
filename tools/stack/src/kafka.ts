import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { KAFKA, resolveArtifact } from './artifacts.ts';
import type { Guardian } from './guardian-client.ts';
import { type KafkaNode, serverProperties } from './kafka-config.ts';
import { freePorts } from './ports.ts';
import { javaCommand } from './prerequisites.ts';
import { untilReady, withFreshPorts } from './readiness.ts';

/** A running Kafka cluster and the ways in which tests hurt it. */
export interface KafkaCluster {
  /** host:port by node id order. */
  readonly brokers: readonly string[];
  /** @throws when the cluster has no such node */
  broker(nodeId: number): BrokerControl;
}

/** Does things to one broker by node id. Node 1 is also the only controller. */
export interface BrokerControl {
  readonly nodeId: number;
  readonly address: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Orderly shutdown: leaders move away first. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** Starts it again on its port and data; resolves when the cluster counts it among its brokers. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): Promise<void>;
  /** Ends a pause. */
  resume(): Promise<void>;
}

const JVM = [
  '-Xms128m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-Xshare:auto',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
];
const LOGGING = fileURLToPath(new URL('../maven/log4j2.properties', import.meta.url));

/** Starts a cluster of the given number of brokers; resolves when every one of them is in the metadata. */
export async function startKafka(
  guardian: Guardian,
  size: number,
  progress: (message: string) => void,
): Promise<KafkaCluster> {
  const jars = await resolveArtifact(KAFKA, guardian, progress);
  return withFreshPorts(async (attempt) => {
    const nodes = await planNodes(guardian.folder, size, attempt);
    const cluster: Cluster = { guardian, nodes, classpath: join(jars, '*') };
    try {
      await format(cluster);
      await Promise.all(nodes.map((node) => startNode(cluster, node)));
      await Promise.all(nodes.map((node) => untilJoined(cluster, node)));
    } catch (error) {
      await Promise.all(nodes.map((node) => endNode(cluster, node, 'SIGKILL')));
      throw error;
    }
    return { brokers: nodes.map(addressOf), broker: (id) => control(cluster, id) };
  });
}

interface Cluster {
  readonly guardian: Guardian;
  readonly nodes: readonly KafkaNode[];
  readonly classpath: string;
}

async function planNodes(folder: string, size: number, attempt: number): Promise<KafkaNode[]> {
  const [controllerPort = 0, ...ports] = await freePorts(size + 1);
  return ports.map((port, index) => ({
    id: index + 1,
    port,
    controllerPort: index === 0 ? controllerPort : null,
    folder: join(folder, `kafka-${attempt}`, `node-${index + 1}`),
  }));
}

async function format(cluster: Cluster): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url');
  await Promise.all(
    cluster.nodes.map(async (node) => {
      mkdirSync(node.folder, { recursive: true });
      writeFileSync(propertiesOf(node), serverProperties(node, cluster.nodes));
      await cluster.guardian.run({
        name: `format-${node.id}`,
        command: javaCommand(),
        args: java(cluster, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesOf(node)),
        logFile: join(node.folder, 'format.log'),
      });
    }),
  );
}

function java(cluster: Cluster, main: string, ...args: string[]): string[] {
  return [...JVM, `-Dlog4j2.configurationFile=${LOGGING}`, '-cp', cluster.classpath, main, ...args];
}

async function startNode(cluster: Cluster, node: KafkaNode): Promise<void> {
  await cluster.guardian.spawn({
    name: nameOf(node),
    command: javaCommand(),
    args: java(cluster, 'kafka.Kafka', propertiesOf(node)),
    logFile: logOf(node),
    endSignal: 'SIGKILL',
  });
}

async function endNode(cluster: Cluster, node: KafkaNode, signal: NodeJS.Signals): Promise<void> {
  if (!cluster.guardian.isRunning(nameOf(node))) return;
  const exited = cluster.guardian.exited(nameOf(node));
  await cluster.guardian.signal(nameOf(node), signal);
  await exited;
}

/** Asks the node itself, so that a node which others still remember from before its death does not count. */
function untilJoined(cluster: Cluster, node: KafkaNode): Promise<void> {
  return untilReady(cluster.guardian, { name: nameOf(node), logFile: logOf(node) }, async () => {
    const client = new Kafka({ brokers: [addressOf(node)], retry: { retries: 0 }, logLevel: logLevel.NOTHING });
    const admin = client.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      const living = cluster.nodes.filter((one) => cluster.guardian.isRunning(nameOf(one)));
      return living.every((one) => brokers.some((broker) => broker.nodeId === one.id));
    } finally {
      await admin.disconnect();
    }
  });
}

function control(cluster: Cluster, nodeId: number): BrokerControl {
  const node = cluster.nodes.find((one) => one.id === nodeId);
  if (node === undefined) throw new Error(`the cluster has no node ${nodeId}`);
  return {
    nodeId,
    address: addressOf(node),
    kill: () => endNode(cluster, node, 'SIGKILL'),
    stop: () => endNode(cluster, node, 'SIGTERM'),
    start: async () => {
      await startNode(cluster, node);
      await untilJoined(cluster, node);
    },
    pause: () => cluster.guardian.signal(nameOf(node), 'SIGSTOP'),
    resume: () => cluster.guardian.signal(nameOf(node), 'SIGCONT'),
  };
}

const nameOf = (node: KafkaNode): string => `kafka-${node.id}`;
const addressOf = (node: KafkaNode): string => `127.0.0.1:${node.port}`;
const propertiesOf = (node: KafkaNode): string => join(node.folder, 'server.properties');
const logOf = (node: KafkaNode): string => join(node.folder, 'server.log');
