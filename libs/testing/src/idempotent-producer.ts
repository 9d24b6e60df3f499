import type { Kafka, Producer } from 'kafkajs';

/**
 * A producer for tests that count what they have sent: kafkajs repeats a send of which a partition has failed, and without
 * idempotence the records of the others would be in the topic twice. One send at a time.
 */
export function idempotentProducer(kafka: Kafka): Producer {
  return kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
}
