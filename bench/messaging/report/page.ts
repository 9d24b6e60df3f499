import type { Page, Text } from '../../report/document.ts';

const LIMITS: readonly Text[] = [
  {
    what: 'Consuming, ours and hand-written',
    text: 'processor time: process, PostgreSQL and broker share the cores, so the sum of the three lines "CPU" is the limit. PostgreSQL spends about the same on either; ours spends more in its process (headers and their causes, an outcome for each record, the position with its counts) and in the broker (smaller fetches, so that a slow partition holds little back).',
  },
  {
    what: 'Nest',
    text: 'a transaction, with its flush to disk and its round trips, for each message; save() reads before it writes. More partitions at once overlap the waiting, until PostgreSQL is busy with commits.',
  },
  {
    what: 'Debezium JDBC sink',
    text: 'processor time of its Java process: converting each record, binding each column. It halves once Java has compiled what is hot, hence the warm line.',
  },
  {
    what: 'Publishing',
    text: 'ours: the broker, whose transaction costs as much for 10 records as for 2,000, and the wait for one transaction at a time. Hand-written: the producer of kafkajs, which fills a core; ours encodes record batches itself. Debezium: one task, a record at a time through the router.',
  },
  {
    what: 'Commit to reader',
    text: 'ours: the round trips of one Kafka transaction; events that are committed meanwhile wait for the next one. Stock Debezium: its poll interval of 500 ms.',
  },
  {
    what: 'One hop',
    text: 'the same cores do both halves, and PostgreSQL writes and deletes an outbox row on top of the effect.',
  },
  {
    what: 'Decoding',
    text: "the registry client parses the reader's schema and builds the resolver anew for each record.",
  },
  {
    what: 'An idle service',
    text: 'fetches that wait 250 ms each, for each consumer and broker, heartbeats, and the ping of the relay.',
  },
];

const SUBJECTS: readonly Text[] = [
  {
    what: 'The record',
    text: '`finance.customer-account.v1`, 276 bytes of Avro with two decimals, and eleven CloudEvents headers; keys spread over the index as UUIDv5 does. Every sink writes the same fourteen columns.',
  },
  {
    what: 'Durability',
    text: 'acks=all on one broker that leaves flushing to the operating system, PostgreSQL with fsync and synchronous_commit on, wal_level=logical for all (Debezium needs it).',
  },
  {
    what: 'tieout',
    text: 'MessagingRuntime as a service has it, the effect one unnest upsert that keeps the higher revision: each event once, positions, counts and dead letters included. The relay publishes exactly once.',
  },
  {
    what: 'hand-written',
    text: 'kafkajs and pg with nothing else: the upsert and the position in one transaction, both partitions at once. As a relay: reads ahead, sends without transactions, deletes what was answered, woken by NOTIFY; a crash sends some of it twice.',
  },
  {
    what: 'Nest',
    text: "its Kafka transport with a handler per message and a TypeORM repository; the decoder is ours, for the registry client's own would be slower. At least once, no order guard.",
  },
  {
    what: 'Debezium JDBC sink',
    text: '3.4.0 on Kafka Connect 4.1.0 standalone, upsert mode. Stock: its defaults. Tuned: a task per partition, batches and polls of 3,000, reWriteBatchedInserts. Warm: the same Java process has written the whole topic once before. At least once, no order guard.',
  },
  {
    what: 'Debezium outbox router',
    text: 'PostgreSQL connector 3.4.0 with the outbox event router on Kafka Connect 4.1.0 standalone; its rows carry no headers but the id. At least once.',
  },
  {
    what: 'Latency',
    text: 'from the answer to a commit (200 transactions a second, evenly) until a read_committed kafkajs subscriber in a process of its own has the record. The first two fifths are left out.',
  },
  {
    what: 'Burst',
    text: 'one instance, eight partitions; 1,000 events/s, then 10,000, then 1,000. One partition needs 2 ms an event until the burst is over. The p99 is of the other seven, from when a record was due at the producer until its row was written.',
  },
];

export const PAGE: Page = {
  name: 'messaging',
  title: 'How fast the messaging is',
  about:
    'All subjects share that machine with the broker and the database, and take turns within one run; figures are medians with the smallest and the largest round. Ratios hold elsewhere, absolute figures do not.',
  figures:
    "Processor time and memory are those of the subject's own processes; what an event costs the servers stands in lines of its own.",
  limits: LIMITS,
  subjects: SUBJECTS,
};
