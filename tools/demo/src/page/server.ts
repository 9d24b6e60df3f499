import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Discovery } from '../discovery.ts';
import { collect } from './collect.client.ts';
import type { PageData } from './data.ts';
import { CONTENT_SECURITY_POLICY, renderFailure, renderPage } from './page.ts';

/** The page of a running demo, read by whoever is on this machine. */
export interface RunningPage {
  readonly url: string;
  close(): Promise<void>;
}

export interface PageOptions {
  /** What runs now. */
  readonly discovery: () => Discovery;
  /** A free one when absent. */
  readonly port?: number;
  /** How long what was read is shown again; reading topics takes a second or two. */
  readonly maxAgeMs?: number;
}

/** Serves the page on 127.0.0.1. It only reads, and answers only under its own address. */
export async function startPage({ discovery, port = 0, maxAgeMs = 5_000 }: PageOptions): Promise<RunningPage> {
  const read = remembered(() => collect(discovery()), maxAgeMs);
  const server = createServer((request, response) => void answer(request, response, read));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<PageData>,
): Promise<void> {
  const send = (status: number, body: string, type = 'text/plain'): void => {
    response.writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  // A page of somebody else whose name leads here must not read this one.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return send(421, 'Not this host.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'This page only reads.');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page');
  if (pathname !== '/') return send(404, 'There is one page: /');
  try {
    send(200, renderPage(await read(), refreshOf(searchParams)), 'text/html');
  } catch (error) {
    send(503, renderFailure((error as Error).message), 'text/html');
  }
}

/** Seconds, from 2 to 3600; anything else means never. */
function refreshOf(query: URLSearchParams): number | null {
  const seconds = Number(query.get('refresh') ?? NaN);
  return Number.isInteger(seconds) && seconds >= 2 && seconds <= 3_600 ? seconds : null;
}

/** One reading at a time, and the same for everybody who asks within `maxAgeMs`. A reading that fails is forgotten. */
function remembered<T>(read: () => Promise<T>, maxAgeMs: number): () => Promise<T> {
  let current: { readonly reading: Promise<T>; until: number } | null = null;
  return () => {
    if (current !== null && performance.now() < current.until) return current.reading;
    const begun = { reading: read(), until: Infinity };
    begun.reading.then(
      () => (begun.until = performance.now() + maxAgeMs),
      () => (begun.until = 0),
    );
    return (current = begun).reading;
  };
}
