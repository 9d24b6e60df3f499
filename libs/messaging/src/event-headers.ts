import type { IHeaders } from 'kafkajs';
import { DataError } from './errors.ts';

/** CloudEvents attributes of an event; (`source`, `id`) is the dedupe key. */
export interface EventMeta {
  /** UUID. */
  readonly id: string;
  /** URI reference of the publishing service, e.g. `/tieout/erp-adapter`. */
  readonly source: string;
  readonly type: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly correlationId: string;
  /** `ce_id` of the direct cause, null at the entry point. */
  readonly causationId: string | null;
  readonly traceparent: string | null;
}

/**
 * Headers of the CloudEvents 1.0 Kafka binding, binary mode: a structured event without data would not be a tombstone.
 * Source: cloudevents/spec, bindings/kafka-protocol-binding.md.
 */
export function toHeaders(meta: EventMeta, subject: string): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: meta.id,
    ce_source: meta.source,
    ce_type: meta.type,
    ce_time: meta.time,
    ce_subject: subject,
    ce_correlationid: meta.correlationId,
    ...(meta.causationId === null ? {} : { ce_causationid: meta.causationId }),
    ...(meta.traceparent === null ? {} : { traceparent: meta.traceparent }),
    'content-type': 'application/avro',
  };
}

/** @throws DataError when an attribute that every event carries is missing. */
export function fromHeaders(headers: IHeaders | undefined): EventMeta {
  const id = required(headers, 'ce_id');
  return {
    id,
    source: required(headers, 'ce_source'),
    type: required(headers, 'ce_type'),
    time: required(headers, 'ce_time'),
    correlationId: text(headers, 'ce_correlationid') ?? id,
    causationId: text(headers, 'ce_causationid'),
    traceparent: text(headers, 'traceparent'),
  };
}

/** The id as it stands in the headers, also of a record that cannot be read otherwise: it recognises a record. */
export function rawEventId(headers: IHeaders | undefined): string | null {
  return text(headers, 'ce_id')?.replaceAll('\0', '') ?? null;
}

function required(headers: IHeaders | undefined, name: string): string {
  const value = text(headers, name);
  if (value === null || value === '') throw new DataError('header-missing', `The record has no header ${name}`);
  return value;
}

function text(headers: IHeaders | undefined, name: string): string | null {
  const value = headers?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined ? null : first.toString();
}
