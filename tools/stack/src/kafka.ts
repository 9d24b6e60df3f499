import { join } from 'node:path';
import { resolveArtifact } from './artifacts.ts';
import type { Guardian } from './guardian-client.ts';
import { formatNodes, KAFKA, planNodes } from './kafka-artifact.ts';
import { addressOf, type Cluster, endNode, kafkaUuid, signalNode, startNode, untilJoined } from './kafka-node.ts';
import { withFreshPorts } from './readiness.ts';

/** A running Kafka cluster and the ways in which tests hurt it. */
export interface KafkaCluster {
  /** host:port in the order of node ids. */
  readonly brokers: readonly string[];
  /** Folder with Kafka's jars, for its own tools and clients. */
  readonly jars: string;
  /** @throws when the cluster has no such node */
  broker(nodeId: number): BrokerControl;
}

/** Does things to one broker by node id. Node 1 is also the only controller, so it is not the one to kill for a leader move. */
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

/** Starts a cluster of the given number of brokers; resolves when each of them knows all of them. */
export async function startKafka(
  guardian: Guardian,
  size: number,
  progress: (message: string) => void,
): Promise<KafkaCluster> {
  const jars = await resolveArtifact(KAFKA, guardian, progress);
  return withFreshPorts(async (attempt) => {
    const nodes = await planNodes(join(guardian.folder, `kafka-${attempt}`), size);
    const cluster = { guardian, jars, id: kafkaUuid(), nodes };
    try {
      formatNodes(cluster);
      await Promise.all(nodes.map((node) => startNode(cluster, node)));
      await Promise.all(nodes.map((node) => untilJoined(cluster, node)));
    } catch (error) {
      await Promise.all(nodes.map((node) => endNode(cluster, node, 'SIGKILL')));
      throw error;
    }
    return { brokers: nodes.map(addressOf), jars, broker: (id) => control(cluster, id) };
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
    pause: () => signalNode(cluster, node, 'SIGSTOP'),
    resume: () => signalNode(cluster, node, 'SIGCONT'),
  };
}
