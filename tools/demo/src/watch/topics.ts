import type { TopicSummary } from './topics.client.ts';

/** Of the topics at these brokers. Loaded when it is called: a Kafka client takes its time, and most questions need none. */
export async function readTopicSummaries(brokers: readonly string[], limit: number): Promise<TopicSummary[]> {
  const { topicSummaries } = await import('./topics.client.ts');
  return topicSummaries(brokers, limit);
}
