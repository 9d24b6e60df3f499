import type { JWK } from 'jose';
import { z } from 'zod';
import { isSecureUrl } from '../config.ts';

const LIMIT_MS = 5_000;
const MAX_BYTES = 262_144;
const MAX_KEYS = 100;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isSecureUrl, 'expected an https URL') });
const publicKey = z.looseObject({ kty: z.string(), kid: z.string().optional(), use: z.string().optional() });
const keySet = z.object({ keys: z.array(publicKey).max(MAX_KEYS) });

export type PublishedKeys = readonly (JWK & { readonly kid: string })[];

/**
 * The signing keys that an issuer publishes, found by its discovery document unless their address is given. Two requests at
 * most, within five seconds together; redirects are not followed.
 * @throws when there is no answer, or one that is not usable
 */
export async function publishedKeys(issuer: string, jwksUrl?: string): Promise<PublishedKeys> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { keys } = keySet.parse(await getJson(jwksUrl ?? (await discover(issuer, signal)), signal));
  const usable = keys.filter(
    ({ kid, kty, use = 'sig' }) => kid !== undefined && ['RSA', 'EC'].includes(kty) && use === 'sig',
  ) as PublishedKeys;
  if (usable.length === 0) throw new Error(`${issuer} publishes no key to verify signatures with`);
  return usable;
}

async function discover(issuer: string, signal: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = discovery.parse(await getJson(url, signal));
  if (document.issuer !== issuer)
    throw new Error(`${url} is of the issuer ${document.issuer.slice(0, 200)}: set OIDC_ISSUER exactly as it says`);
  return document.jwks_uri;
}

async function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return JSON.parse(await boundedText(response));
}

/** The declared length may lie, so what arrives is counted. */
async function boundedText({ body, url }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > MAX_BYTES) throw new Error(`${url} answers more than ${MAX_BYTES} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}
