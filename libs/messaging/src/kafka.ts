import { Kafka, logLevel, type KafkaConfig, type logCreator } from 'kafkajs';
import type { Logger } from 'pino';
import { nameRangeOfEmptyBatches } from './kafkajs-batch-range.ts';
import { fixIdleTimerStorm } from './kafkajs-idle-timer.ts';
import { failOutOfRange } from './kafkajs-out-of-range.ts';
import { speedUpRecordDecoder } from './kafkajs-record-decoder.ts';

/** How to reach the cluster; `ssl` and `sasl` are kafkajs' own shapes. */
export type KafkaConnection = Pick<KafkaConfig, 'clientId' | 'brokers' | 'ssl' | 'sasl' | 'socketFactory'>;

/**
 * A kafkajs client. Retry times are small because a transactional producer meets CONCURRENT_TRANSACTIONS after nearly
 * every commit; with the library's default of 300 ms the 99th percentile of a transaction is 370 ms instead of 10.
 */
export function createKafka(connection: KafkaConnection, logger: Logger): Kafka {
  fixIdleTimerStorm();
  nameRangeOfEmptyBatches();
  failOutOfRange();
  speedUpRecordDecoder();
  return new Kafka({
    ...connection,
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 10, maxRetryTime: 1_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: pinoCreator(logger),
  });
}

function pinoCreator(logger: Logger): logCreator {
  // kafkajs reports every retried request as an error; what is fatal reaches us as a rejection or a CRASH event.
  return () =>
    ({ level, namespace, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, ...fields } = log;
      const write = level <= logLevel.WARN ? logger.debug.bind(logger) : logger.trace.bind(logger);
      write({ kafkajs: namespace, ...fields }, message);
    };
}

/** The broker's error name, e.g. MESSAGE_TOO_LARGE, through whatever kafkajs wrapped around it; null when it is no such error. */
export function protocolErrorType(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return protocolErrorType(error.cause);
}
