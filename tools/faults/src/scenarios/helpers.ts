import { eventually, type TsProcess } from '@tieout/testing/programs';
import type { Lab } from '../lab.ts';
import type { Rig } from '../rig.ts';

/** Resolves when the replica is the publisher. @throws after the limit */
export async function leading(child: TsProcess, timeoutMs = 30_000): Promise<void> {
  await child.line(/"relay":\{"state":"leading"/, timeoutMs);
}

/** Resolves when the replica's status says that its consumer stopped for this reason, with how long that took. */
export async function stopped(child: TsProcess, reason: RegExp, timeoutMs = 30_000): Promise<void> {
  await child.line(new RegExp(`^STATUS .*"state":"stopped","reason":"[^"]*${reason.source}`), timeoutMs);
}

/** Resolves when the replica has died of its fail point. */
export async function died(child: TsProcess): Promise<void> {
  const { signal } = await child.exited;
  if (signal !== 'SIGKILL')
    throw new Error(`the subject was to be killed at its fail point and ended by ${signal ?? 'itself'}`);
}

/** host:port of the broker that leads a partition, and its node id. */
export async function leaderOf(
  lab: Lab,
  topic: string,
  partition: number,
): Promise<{ nodeId: number; address: string }> {
  const { topics } = await lab.admin.fetchTopicMetadata({ topics: [topic] });
  const nodeId = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
  return { nodeId, address: lab.stack.broker(nodeId).address };
}

/** Partitions of a topic that a broker leads. */
export async function ledBy(lab: Lab, topic: string, nodeId: number): Promise<number[]> {
  const { topics } = await lab.admin.fetchTopicMetadata({ topics: [topic] });
  return (topics[0]?.partitions ?? []).filter(({ leader }) => leader === nodeId).map(({ partitionId }) => partitionId);
}

/** Moves partitions to a broker and waits until it leads them. */
export async function moveLeaders(lab: Lab, topic: string, partitions: readonly number[], to: number): Promise<void> {
  const partitionAssignment = partitions.map((partition) => ({ partition, replicas: [to] }));
  await lab.admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
  const moved = async (): Promise<boolean> => {
    const theirs = new Set(await ledBy(lab, topic, to));
    return partitions.every((partition) => theirs.has(partition));
  };
  await eventually(moved, { describe: `broker ${to} to lead ${topic}` });
}

/** Terminates the server's side of every database connection of a service. @returns how many */
export async function terminateBackends({ pg, service }: Pick<Rig, 'pg' | 'service'>): Promise<number> {
  const { rowCount } = await pg.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1 || '%'`,
    [service],
  );
  return rowCount ?? 0;
}
