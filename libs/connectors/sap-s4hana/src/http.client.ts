import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { MisconfiguredError } from '@tieout/messaging';
import type { SapConfig } from './config.ts';

export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Most bytes of a successful answer; `defaultLimit` when it is left out. */
  readonly limit?: number;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body was longer than allowed, and `text` is its beginning. */
  readonly tooLong: boolean;
  /** The server's clock when it answered. */
  readonly date: Date;
}

/** There is no whole answer. */
export class NoAnswer extends Error {
  /** Not a byte of the request can have arrived. */
  readonly neverSent: boolean;
  constructor(message: string, options: ErrorOptions & { readonly neverSent: boolean }) {
    super(message, options);
    this.neverSent = options.neverSent;
  }
}

export interface Transport {
  /** @throws NoAnswer */
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

const defaultLimit = 64 * 1024 * 1024;
/** Of an error page nobody needs more. */
const errorLimit = 64 * 1024;
/** Servers close idle connections after half a minute or more; a write on a closed one would be in doubt for nothing. */
const idleMs = 5_000;

/** HTTP with kept connections and, where the system asks for one, a client certificate. Follows no redirect. */
export function createTransport({ auth, authority }: Pick<SapConfig, 'auth' | 'authority'>): Transport {
  const own =
    auth.kind === 'certificate'
      ? { cert: auth.certificate, key: auth.privateKey, ...(auth.passphrase ? { passphrase: auth.passphrase } : {}) }
      : {};
  assertUsable({ ...own, ca: authority });
  const kept = { keepAlive: true, timeout: idleMs, scheduling: 'lifo' } as const;
  const http = new HttpAgent(kept);
  const https = new HttpsAgent({ ...kept, ...own, ...(authority ? { ca: authority } : {}) });
  return {
    send: (request) => exchange(request, request.url.protocol === 'https:' ? https : http),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/** A damaged certificate would otherwise show as a call without an answer, again and again. */
function assertUsable(pem: SecureContextOptions): void {
  try {
    createSecureContext(pem);
  } catch (cause) {
    const text = `The certificate, key or authority of SAP cannot be read: ${(cause as Error).message}`;
    throw new MisconfiguredError('sap-certificate', text, { cause });
  }
}

async function exchange(request: WireRequest, agent: HttpAgent | HttpsAgent): Promise<WireAnswer> {
  const limit = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([limit, request.signal]) : limit;
  let connected = false;
  try {
    signal.throwIfAborted();
    const response = await answered(request, agent, signal, () => (connected = true));
    return await wholeAnswer(request, response);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = limit.aborted ? `no answer within ${request.timeoutMs} ms` : (code ?? message);
    throw new NoAnswer(reason, { cause, neverSent: !connected });
  }
}

function answered(
  { method, url, headers, body }: WireRequest,
  agent: HttpAgent | HttpsAgent,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, agent, signal, headers: { ...headers, ...length } };
    const call = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    call.once('socket', (socket) => {
      if (call.reusedSocket) onConnected();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
    });
    call.once('response', resolve);
    call.once('error', reject);
    call.end(body);
  });
}

/** Reads no further than the limit: what a proxy says in ten megabytes must not fill our memory. */
async function wholeAnswer({ limit = defaultLimit }: WireRequest, response: IncomingMessage): Promise<WireAnswer> {
  const { statusCode: status = 0, headers } = response;
  const most = status < 400 ? limit : errorLimit;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > most) break; // Leaving the loop closes the connection.
  }
  return {
    status,
    headers,
    text: Buffer.concat(chunks).subarray(0, most).toString('utf8'),
    tooLong: size > most,
    date: new Date(headers.date ?? Date.now()),
  };
}
