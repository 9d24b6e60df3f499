import { createHash } from 'node:crypto';
import { InvalidValueError } from './invalid-value-error.ts';

/** Namespaces of our name-based UUIDs. They must never change: every id of ours follows from them. */
const CANONICAL_NAMESPACE = 'c0ba1e07-5f0b-5d0e-9f6c-3a6f2c1d7e11';
const DERIVED_NAMESPACE = '7d3c9a52-1b84-5e6f-8a2d-94c0e5b7f623';

/**
 * The canonical id of a vendor's object, computable by whoever knows the vendor's id, without a look-up service.
 * @example canonicalId('netsuite', 'main', 'invoice', '4711')
 * @throws InvalidValueError `invalid-id` when a part is empty: a missing vendor id must not become an id
 */
export function canonicalId(system: string, instance: string, entity: string, vendorId: string): string {
  if ([system, instance, entity, vendorId].some((part) => part === ''))
    throw new InvalidValueError(
      'invalid-id',
      `A canonical id needs system, instance, entity and vendor id, got ${JSON.stringify([system, instance, entity, vendorId])}`,
    );
  return uuidV5(CANONICAL_NAMESPACE, JSON.stringify([system, instance, entity, vendorId]));
}

/** The id of the n-th thing that a handler creates because of a cause: a replay gives the same ids, so it creates nothing twice. */
export function derivedId(handler: string, causeId: string, n: number | string = 0): string {
  return uuidV5(DERIVED_NAMESPACE, JSON.stringify([handler, causeId, String(n)]));
}

/** Name-based UUID, version 5 (RFC 9562, 5.5). */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Key of the cross-reference topic; separators inside a part are escaped, so two keys never collide. */
export function crossReferenceId(type: string, system: string, instance: string, vendorId: string): string {
  return joinKey([type, system, instance, vendorId]);
}

/** Parts joined by `|`, as composite record keys are written; `|` and `\` inside a part are escaped, null is empty. */
export function joinKey(parts: readonly (string | null)[]): string {
  return parts.map((part) => (part ?? '').replaceAll(/[\\|]/g, String.raw`\$&`)).join('|');
}
