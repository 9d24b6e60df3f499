import type { TopicName } from '@tieout/canonical';
import { z } from 'zod';

/** Where the subject dies or stands still when its time has come, named after what the consumer has just done. */
export const FAIL_POINTS = ['before-transaction', 'after-effect', 'before-commit', 'after-commit'] as const;
export type FailPoint = (typeof FAIL_POINTS)[number];

/** Topics that the subject can read: a state topic and a fact topic, both with a key, a revision and an amount. */
export const INPUTS = ['finance.invoice.v1', 'finance.erp-command.v1'] as const satisfies TopicName[];
export type Input = (typeof INPUTS)[number];
/** What it publishes: one event per input event that had an effect. */
export const OUTPUT = 'finance.erp-outcome.v1' satisfies TopicName;

const ms = z.int().positive();
const shape = z.strictObject({
  /** Names the consumer group, the publisher and the mark topic: every run has a name of its own. */
  service: z.string().min(1),
  brokers: z.array(z.string()).min(1),
  /** Goes through this cutting proxy of libs/testing. */
  proxyPort: z.int().positive().nullable().default(null),
  databaseUrl: z.string(),
  /** Replicas of a service share a schema. */
  schema: z.string(),
  /** File with the ids of the registered schemas. */
  bundle: z.string(),
  /** Asked for ids that the bundle does not hold; null: never. */
  registryUrl: z.string().nullable().default(null),
  input: z.enum(INPUTS),
  /** Appended to every topic's name: runs on one broker do not meet. */
  suffix: z.string(),
  /** Reads the input. */
  consumer: z.boolean().default(true),
  /** Publishes the outbox. */
  relay: z.boolean().default(true),
  /** Writes one event to the outbox per effect. */
  publish: z.boolean().default(true),
  /** Writes a row per effect, in the order in which they were applied: the oracle counts them. Costs an insert per event. */
  journal: z.boolean().default(true),
  /** Sends itself this signal the nth time that it comes to this point: it dies there, or freezes. */
  failPoint: z
    .strictObject({
      at: z.enum(FAIL_POINTS),
      nth: z.int().positive(),
      signal: z.enum(['SIGKILL', 'SIGSTOP']).default('SIGKILL'),
    })
    .nullable()
    .default(null),
  /** Database connections. */
  poolSize: z.int().positive().default(10),
  /** After so long the server ends a transaction in which nothing happens, and frees its locks. */
  idleInTransactionMs: z.int().positive().default(60_000),
  /** Timers of the consumer, in milliseconds; what is left out is as in production. */
  timing: z
    .strictObject({
      sessionMs: ms.exactOptional(),
      hungAfterMs: ms.exactOptional(),
      stuckAfterMs: ms.exactOptional(),
      silentAfterMs: ms.exactOptional(),
    })
    .default({}),
  /** Most records in one transaction; null: the library's own. */
  maxChunk: z.int().positive().nullable().default(null),
  /** Milliseconds that the handler waits in each call, by partition. */
  slowMs: z.record(z.string(), z.number()).default({}),
  /** Fails at events whose key begins so; see ailments.ts. */
  ailments: z.record(z.string(), z.string()).default({}),
});

export type SubjectOptions = z.output<typeof shape>;
/** As it is written on the subject's command line: one JSON argument. */
export type SubjectArguments = z.input<typeof shape>;

/** @throws ZodError */
export function parseSubject(argument: string | undefined): SubjectOptions {
  return shape.parse(JSON.parse(argument ?? '{}'));
}
