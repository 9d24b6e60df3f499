import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact } from './artifacts.ts';
import type { Guardian } from './guardian-client.ts';
import type { KafkaNode } from './kafka-config.ts';
import { type Cluster, configure, endNode, kafkaUuid, startNode, untilJoined } from './kafka-node.ts';
import { freePorts } from './ports.ts';
import { javaCommand } from './prerequisites.ts';
import { withFreshPorts } from './readiness.ts';

/** What `kafka-storage format` writes into a log folder beside the ids: the feature levels of this version. */
const CHECKPOINT = 'bootstrap.checkpoint';

export const KAFKA: Artifact = {
  name: 'kafka',
  version: '4.1.0',
  goal: ['dependency:copy-dependencies', '-DincludeScope=runtime'],
  prepare: rehearse,
};

/** Formats and runs one broker once, the way Kafka documents it, and keeps what makes later starts quick. */
async function rehearse(jars: string, guardian: Guardian): Promise<void> {
  await withFreshPorts(async (attempt) => {
    const nodes = await planNodes(join(guardian.folder, `rehearsal-${attempt}`), 1);
    const cluster = { guardian, jars, id: kafkaUuid(), nodes };
    const node = cluster.nodes[0] as KafkaNode;
    mkdirSync(node.folder, { recursive: true });
    await guardian.run({
      name: 'kafka-format',
      command: javaCommand(),
      args: ['-cp', '*', 'kafka.tools.StorageTool', 'format', '-t', cluster.id, '-c', configure(cluster, node)],
      cwd: jars,
      logFile: join(node.folder, 'format.log'),
    });
    copyFileSync(join(node.folder, 'data', CHECKPOINT), join(jars, CHECKPOINT));
    await startNode(cluster, node);
    await untilJoined(cluster, node);
    await endNode(cluster, node, 'SIGTERM');
  });
}

/** Nodes with ports of their own; the first is also the controller. */
export async function planNodes(folder: string, size: number): Promise<KafkaNode[]> {
  const [controllerPort = 0, ...ports] = await freePorts(size + 1);
  return ports.map((port, index) => ({
    id: index + 1,
    port,
    controllerPort: index === 0 ? controllerPort : null,
    folder: join(folder, `node-${index + 1}`),
  }));
}

/** Lays out an empty log folder for every node as `kafka-storage format` does, without a JVM each. */
export function formatNodes(cluster: Cluster): void {
  for (const node of cluster.nodes) {
    const data = join(node.folder, 'data');
    mkdirSync(data, { recursive: true });
    copyFileSync(join(cluster.jars, CHECKPOINT), join(data, CHECKPOINT));
    const ids = { version: 1, 'cluster.id': cluster.id, 'node.id': node.id, 'directory.id': kafkaUuid() };
    const lines = Object.entries(ids).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(join(data, 'meta.properties'), lines.join(''));
    configure(cluster, node);
  }
}
