import { randomUUID } from 'node:crypto';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

const PREFIX = 'sfdc.platform.eventbus.grpc.';

/** A refused or ended call of the Pub/Sub API. */
export class PubSubFault extends Error {
  readonly status: status;
  /** What `error-code` says behind the prefix that all of the vendor's codes have. */
  readonly code: string;
  constructor(status: status, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** As it goes over the wire: the trailers say what a program decides on, the message ends with the id of the call. */
export function statusOf(error: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const fault =
    error instanceof PubSubFault
      ? error
      : new PubSubFault(status.INTERNAL, 'service.internal.error', error instanceof Error ? error.message : 'error');
  const rpcId = randomUUID();
  const metadata = new Metadata();
  metadata.set('error-code', PREFIX + fault.code);
  metadata.set('rpc-id', rpcId);
  return { code: fault.status, details: `${fault.message} rpcId: ${rpcId}`, metadata };
}

export const authError = (): PubSubFault =>
  new PubSubFault(
    status.UNAUTHENTICATED,
    'service.auth.error',
    'An authentication exception occurred. Provide valid authentication in the request metadata.',
  );

export const refreshInvalid = (): PubSubFault =>
  new PubSubFault(status.UNAUTHENTICATED, 'service.auth.refresh.invalid', 'The token of auth_refresh is not valid.');

export const unavailable = (): PubSubFault =>
  new PubSubFault(
    status.UNAVAILABLE,
    'service.unavailable',
    'The service is temporarily unavailable. Try again later.',
  );

export const replayCorrupted = (): PubSubFault =>
  new PubSubFault(
    status.INVALID_ARGUMENT,
    'subscription.fetch.replayid.corrupted',
    'The Replay ID is corrupted or its event is not retained any more. Subscribe with another one, or from EARLIEST.',
  );

export const replayRefused = (): PubSubFault =>
  new PubSubFault(
    status.INVALID_ARGUMENT,
    'subscription.fetch.replayid.validation.failed',
    'The Replay ID validation failed. Ensure that the Replay ID is valid.',
  );

export const invalidCredit = (): PubSubFault =>
  new PubSubFault(
    status.INVALID_ARGUMENT,
    'subscription.fetch.requested.events.invalid',
    'The number of requested events must be greater than 0.',
  );

/** The code of this one is not documented: assumed. */
export const otherTopic = (topic: string): PubSubFault =>
  new PubSubFault(
    status.INVALID_ARGUMENT,
    'subscription.fetch.topic.invalid',
    `The topic of a subscription cannot change; it is ${topic}.`,
  );

/** The code of this one is not documented: assumed. */
export const unknownTopic = (org: string, topic: string): PubSubFault =>
  new PubSubFault(
    status.NOT_FOUND,
    'topic.not.found',
    `The topic information for org CORE/prod/${org} and topic ${topic} not found. Ensure the topic name is correct and that the topic exists.`,
  );

/** The codes of these are not documented: assumed. */
export const unknownSchema = (id: string): PubSubFault =>
  id === ''
    ? new PubSubFault(
        status.INVALID_ARGUMENT,
        'schema.id.invalid',
        "Schema validation failed. The schema ID can't be blank.",
      )
    : new PubSubFault(status.NOT_FOUND, 'schema.not.found', `The schema with ID ${id} was not found.`);
