import type { Kafka } from 'kafkajs';
import type { RawRecord } from '../dead-letter.store.ts';
import { MisconfiguredError, TransientError } from '../errors.ts';
import { readPartition, type PartitionStart } from './partition-reader.ts';

/**
 * newest: the record says what its key is; older: another one below the position does; overtaken: a record beyond the replay's
 * end was consumed meanwhile; left-out: it is a dead letter, or waits behind one, or was discarded.
 */
export type Standing = 'newest' | 'older' | 'overtaken' | 'left-out';

export interface ScanOptions extends PartitionStart {
  /** Offsets of records that have no effect, because they are dead letters: the record before them is the newest. */
  readonly leftOut: ReadonlySet<bigint>;
  /** A record that was accepted, by which another log is recognised. */
  readonly known: { readonly offset: bigint; readonly eventId: string | null } | null;
}

/**
 * Knows of every key of a partition where its newest record stands, and keeps up with the log while records come in. It holds
 * all keys that it met in memory, about 150 bytes each.
 */
export interface KeyScan {
  /** `end`: the first offset that the replay does not hand over. */
  standing(record: Pick<RawRecord, 'key' | 'offset'>, end: bigint): Standing;
  /** Resolves when every record below the offset is known. @throws TransientError `scan-behind` after `patienceMs`, and what ended the scan */
  reached(offset: bigint, patienceMs?: number): Promise<void>;
  stop(): Promise<void>;
}

interface Waiting {
  readonly offset: bigint;
  readonly resolve: () => void;
}

export function scanKeys(kafka: Kafka, options: ScanOptions, signal: AbortSignal): KeyScan {
  const newest = new Map<string, bigint>();
  const ended = new AbortController();
  let scannedTo = options.from;
  let waiting: Waiting[] = [];
  const finished = readPartition(
    kafka,
    options,
    async ({ records, next }) => {
      for (const record of records) {
        refuseOtherLog(options.known, record);
        const { key, offset } = record;
        if (key && !options.leftOut.has(offset)) newest.set(key.toString('latin1'), offset);
      }
      scannedTo = next;
      for (const one of waiting) if (one.offset <= scannedTo) one.resolve();
      waiting = waiting.filter(({ offset }) => offset > scannedTo);
    },
    AbortSignal.any([signal, ended.signal]),
  );
  const broken = finished.then(() => {
    throw new TransientError('scan-ended', 'The scan of the keys was stopped');
  });
  broken.catch(() => undefined); // whoever waits gets it
  return {
    standing({ key, offset }, end) {
      if (options.leftOut.has(offset)) return 'left-out';
      const last = key === null ? offset : (newest.get(key.toString('latin1')) ?? offset);
      if (last >= end) return 'overtaken';
      return last === offset ? 'newest' : 'older';
    },
    async reached(offset, patienceMs) {
      if (scannedTo >= offset) return;
      const there = new Promise<void>((resolve) => waiting.push({ offset, resolve }));
      if (patienceMs === undefined) return Promise.race([there, broken]);
      const patience = Promise.withResolvers<never>();
      const why = `Not all records below ${offset} were read within ${patienceMs} ms`;
      const timer = setTimeout(() => patience.reject(new TransientError('scan-behind', why)), patienceMs);
      await Promise.race([there, broken, patience.promise]).finally(() => clearTimeout(timer));
    },
    async stop() {
      ended.abort();
      await finished.catch(() => undefined);
    },
  };
}

function refuseOtherLog(known: ScanOptions['known'], { offset, eventId }: RawRecord): void {
  if (known?.offset !== offset || known.eventId === eventId) return;
  throw new MisconfiguredError('log-replaced', `The record at ${offset} is not the one that was consumed there`);
}
