import { DataError } from './errors.ts';

/**
 * The mark of a relay: the event ids of one batch, written in the same Kafka transaction as the batch itself, the way
 * Kafka Connect does it for source connectors (KIP-618). Ids and not a high-water mark, because rows commit out of id order.
 */
export const MARK_KEY = 'mark';
/** Written by the first transaction of a new leader: everything before it in the topic is settled. */
export const TAKE_OVER_KEY = 'take-over';

const UUID_BYTES = 16;

export function encodeMark(eventIds: readonly string[]): Buffer {
  return Buffer.concat(eventIds.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex')));
}

/** @throws DataError when the bytes are not whole UUIDs. */
export function decodeMark(value: Buffer): string[] {
  if (value.length % UUID_BYTES !== 0) throw new DataError('mark-corrupt', `A relay mark has ${value.length} bytes`);
  return Array.from({ length: value.length / UUID_BYTES }, (_, i) =>
    value
      .subarray(i * UUID_BYTES, (i + 1) * UUID_BYTES)
      .toString('hex')
      .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'),
  );
}

/** Topic of a service's marks: one partition, compacted. */
export function markTopic(service: string): string {
  return `tieout.${service}.outbox-mark.v1`;
}
