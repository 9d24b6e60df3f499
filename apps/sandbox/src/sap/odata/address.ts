import { fits, parseLiteral } from './literals.ts';
import { findProperty } from './edm.ts';
import type { EntitySet, Key } from './model.ts';
import { malformed, segmentNotFound } from './refusals.ts';

/** One part of a resource path: `A_SalesOrder`, with `'1'` as its predicate when a key was given. */
export interface Segment {
  readonly name: string;
  readonly predicate: string | null;
}

const maximumSegments = 8;
const shape = /^([$A-Za-z_][A-Za-z0-9_]*)(?:\((.*)\))?$/s;

/** Splits a path below the service, still percent-encoded. @throws SapError 400 or 404 */
export function parsePath(path: string): Segment[] {
  const parts = splitOutsideQuotes(path, '/').filter((part) => part !== '');
  if (parts.length > maximumSegments) throw segmentNotFound(decoded(parts[maximumSegments]!));
  return parts.map((part) => {
    const text = decoded(part);
    const match = shape.exec(text);
    if (!match) throw segmentNotFound(text);
    return { name: match[1]!, predicate: match[2] ?? null };
  });
}

/** `('1')`, `(SalesOrder='1',SalesOrderItem='10')`: values as PostgreSQL takes them. @throws SapError 400 */
export function parseKey(set: EntitySet, predicate: string): Key {
  const entries = splitOutsideQuotes(predicate, ',').map((part) => part.trim());
  const single = set.keys.length === 1 && entries.length === 1 && !/^[A-Za-z_]\w*=/.test(entries[0]!);
  const pairs = single ? [[set.keys[0]!, entries[0]!] as const] : entries.map(pair);
  const given = new Map(pairs);
  if (given.size !== set.keys.length || pairs.length !== given.size) throw invalidKey(set);
  return Object.fromEntries(set.keys.map((name) => [name, keyValue(set, name, given.get(name))]));
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
}

function keyValue(set: EntitySet, name: string, text: string | undefined): string {
  const literal = text === undefined ? null : parseLiteral(text);
  if (!literal || literal.kind === 'null' || !fits(findProperty(set, name)!.type, literal)) throw invalidKey(set);
  return literal.text;
}

function invalidKey({ name }: EntitySet): Error {
  return malformed(`Invalid key predicate for '${name}'`, `Ungültiges Schlüsselprädikat für '${name}'`);
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = [''];
  let quoted = false;
  // A quote may come percent-encoded, a pair of them inside a value leaves the state as it was.
  for (const [piece] of text.matchAll(/%27|[^]/g)) {
    if (piece === "'" || piece === '%27') quoted = !quoted;
    if (piece === separator && !quoted) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed('The address is not percent-encoded UTF-8', 'Die Adresse ist kein prozentkodiertes UTF-8');
  }
}
