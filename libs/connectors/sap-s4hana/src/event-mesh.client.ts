import { DataError, MisconfiguredError, TransientError } from '@tieout/messaging';
import { noticeOf, type ChangeNotice } from './cloud-event.ts';
import type { EventMeshConfig } from './config.ts';
import { createTransport, NoAnswer, type WireAnswer } from './http.client.ts';
import { retryAfterMs } from './retry-after.ts';
import { createTokenSource } from './token.client.ts';

/** A message of the queue; it comes again until it is acknowledged. */
export interface QueuedNotice {
  readonly messageId: string;
  /** Null when the message is no CloudEvent with a key: `text` is its beginning, to be acknowledged and reported. */
  readonly notice: ChangeNotice | null;
  readonly text: string;
  /** Call it after the transaction that stored what is to be read. Twice is once. */
  ack(signal?: AbortSignal): Promise<void>;
}

export interface EventSource {
  /** At most `max` messages, fewer when the queue is empty. Keeps nothing: what is not acknowledged comes again. */
  pull(max: number, signal?: AbortSignal): Promise<readonly QueuedNotice[]>;
  close(): void;
}

/** Event Mesh takes no larger message. */
const largestMessage = 1024 * 1024;

/** A queue of SAP Event Mesh, read over its REST API with quality of service 1 (at least once). */
export function createEventSource(config: EventMeshConfig): EventSource {
  const transport = createTransport({ auth: { kind: 'basic', user: '', password: '' }, authority: undefined });
  const tokens = createTokenSource(config, transport, config.timeoutMs);
  const post: Post = async (path, signal) => {
    const once = async (): Promise<WireAnswer> => {
      const token = await tokens.current();
      const url = new URL(`${config.url}/messagingrest/v1/queues/${encodeURIComponent(config.queue)}/${path}`);
      const headers = { authorization: `Bearer ${token}`, 'x-qos': '1' };
      const { timeoutMs } = config;
      const answer = await transport.send({ method: 'POST', url, headers, timeoutMs, signal, limit: largestMessage });
      if (answer.status === 401) tokens.refused(token);
      return answer;
    };
    const answer = await once();
    return answer.status === 401 ? once() : answer;
  };
  return {
    async pull(max, signal) {
      const pulled: QueuedNotice[] = [];
      while (pulled.length < max) {
        const next = await consume(post, signal).catch((error: unknown) => {
          if (pulled.length === 0) throw error;
          return null; // What came so far is worth keeping; the next pull meets the trouble again.
        });
        if (next === null) break;
        pulled.push(next);
      }
      return pulled;
    },
    close: () => transport.close(),
  };
}

type Post = (path: string, signal: AbortSignal | undefined) => Promise<WireAnswer>;

/** The queue's next message; null when it is empty, which is told by 204 or by an empty body. */
async function consume(post: Post, signal: AbortSignal | undefined): Promise<QueuedNotice | null> {
  const answer = await answered('consume', () => post('messages/consumption', signal));
  if (answer.status >= 400) throw toError('consume', answer);
  if (answer.status === 204 || answer.text === '') return null;
  const messageId = answer.headers['x-message-id'];
  if (typeof messageId !== 'string')
    throw new DataError('sap-answer', 'SAP Event Mesh: a message without x-message-id cannot be acknowledged');
  return {
    messageId,
    notice: answer.tooLong ? null : noticeOf(answer.text),
    text: answer.text.slice(0, 1_000),
    ack: (ackSignal) => acknowledge(post, messageId, ackSignal),
  };
}

async function acknowledge(post: Post, messageId: string, signal: AbortSignal | undefined): Promise<void> {
  const path = `messages/${encodeURIComponent(messageId)}/acknowledgement`;
  const answer = await answered('acknowledge', () => post(path, signal));
  // Acknowledged before, or handed out again meanwhile and then to be acknowledged under its new id.
  if (answer.status === 404 || answer.status === 410) return;
  if (answer.status >= 400) throw toError('acknowledge', answer);
}

async function answered(call: string, send: () => Promise<WireAnswer>): Promise<WireAnswer> {
  try {
    return await send();
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause;
    throw new TransientError('sap-unreachable', `SAP Event Mesh ${call}: ${cause.message}`, { cause });
  }
}

function toError(call: string, { status, text, headers, date }: WireAnswer): Error {
  const message = `SAP Event Mesh ${call}: HTTP ${status} ${text.slice(0, 200)}`;
  const wait = retryAfterMs(headers['retry-after'], date);
  if (status === 429) return new TransientError('sap-busy', message, wait === null ? {} : { retryAfterMs: wait });
  if (status === 408 || status >= 500) return new TransientError('sap-unavailable', message);
  if (status === 404) return new MisconfiguredError('sap-api-refused', `${message}: is the queue's name right?`);
  return new MisconfiguredError('sap-login-refused', message);
}
