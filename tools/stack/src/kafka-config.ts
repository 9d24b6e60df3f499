/** One Kafka process. Node 1 is also the controller, so it is the one that must stay up. */
export interface KafkaNode {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number | null;
  /** Holds the log folder and the configuration. */
  readonly folder: string;
}

/**
 * server.properties of one node, tuned for tests: small internal topics, no rebalance delay, quick detection of a dead broker.
 * What subscribers notice stays as in production: no automatic topics, replicated and transactional internal topics.
 */
export function serverProperties(node: KafkaNode, nodes: readonly KafkaNode[]): string {
  const voters = nodes.filter((one) => one.controllerPort !== null);
  const isController = node.controllerPort !== null;
  const replicas = Math.min(3, nodes.length);
  const inSync = replicas === 3 ? 2 : 1;
  const listeners = [`BROKER://127.0.0.1:${node.port}`];
  if (isController) listeners.push(`CONTROLLER://127.0.0.1:${String(node.controllerPort)}`);
  return toProperties({
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': node.id,
    'controller.quorum.voters': voters.map((one) => `${one.id}@127.0.0.1:${String(one.controllerPort)}`).join(','),
    listeners: listeners.join(','),
    'advertised.listeners': `BROKER://127.0.0.1:${node.port}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': `${node.folder}/data`,
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // A dead broker of a cluster is noticed soon; a lone one has no one to hand over to and is only hurt by being fenced.
    'broker.session.timeout.ms': nodes.length > 1 ? 4000 : 30_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  });
}

function toProperties(settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
