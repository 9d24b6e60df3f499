import type { TopicName } from '@tieout/canonical';
import type { ConsumerSpec, Outcome } from '@tieout/messaging';

/** From what says most to what says least. */
const ORDER: readonly Outcome['kind'][] = ['applied', 'superseded', 'duplicate', 'ignored'];

/** One consumer of a topic for several instances: each is handed every event, and the most that one made of it counts. */
export function fanOut<T extends TopicName>(consumers: readonly ConsumerSpec<T>[]): ConsumerSpec<T> {
  return {
    topic: consumers[0]!.topic,
    async handle(deliveries, tx) {
      const answers: (readonly Outcome[])[] = [];
      for (const consumer of consumers) answers.push(await consumer.handle(deliveries, tx));
      return deliveries.map((_, n) => mostOf(answers.map((outcomes) => outcomes[n]!)));
    },
  };
}

export function mostOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((most, one) => (ORDER.indexOf(one.kind) < ORDER.indexOf(most.kind) ? one : most));
}
