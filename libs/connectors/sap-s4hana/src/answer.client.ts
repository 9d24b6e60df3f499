import { DataError, TransientError } from '@tieout/messaging';
import { parseExact } from './exact-json.ts';
import type { ODataPage, Row } from './odata.ts';

/** One entity of `{"d": {...}}`; a function import may wrap it once more in its own name. */
export function rowOfAnswer(call: string, body: string, wrapper?: string): Row {
  const d = payload(call, body);
  const inner = wrapper === undefined ? undefined : d[wrapper];
  return isObject(inner) ? inner : d;
}

/** A collection, with `results` or, as the oldest services answer, without. */
export function pageOfAnswer(call: string, body: string, date: Date): ODataPage {
  const d = payload(call, body);
  const rows = Array.isArray(d) ? (d as unknown[]) : d['results'];
  if (!Array.isArray(rows) || !rows.every(isObject))
    throw new DataError('sap-answer', `SAP ${call}: an answer without results`);
  const { __next: next, __count: count } = d;
  return {
    rows,
    next: typeof next === 'string' && next !== '' ? next : null,
    count: typeof count === 'string' && /^\d+$/.test(count) ? Number(count) : null,
    date,
  };
}

/**
 * What is not JSON comes from something in front of the service (a login page, a maintenance page, a proxy that drops the
 * Accept header) or was cut off: it passes, and says nothing about the data.
 */
function payload(call: string, body: string): Row {
  let json: unknown;
  try {
    json = parseExact(body);
  } catch (cause) {
    const kind = /^\s*</.test(body) ? 'XML or HTML where JSON was asked for' : 'no whole JSON';
    const text = `SAP ${call}: ${kind}: ${JSON.stringify(body.slice(0, 100))}`;
    throw new TransientError('sap-not-json', text, { cause });
  }
  const d = isObject(json) ? json['d'] : undefined;
  if (typeof d !== 'object' || d === null) throw new DataError('sap-answer', `SAP ${call}: an answer without \`d\``);
  return d as Row;
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
