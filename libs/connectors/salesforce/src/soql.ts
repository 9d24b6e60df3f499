import { FIELDS, type EntityName } from './entities.ts';
import type { RecordStamp } from './vendor-types.ts';

/** Ids that fit into one query string: servers cap a request line at 16 kB. */
export const IDS_PER_QUERY = 200;

/** Position in the order (SystemModstamp, Id); without `id` it stands before every record of its second. */
export interface Position {
  /** ISO 8601 with Z. */
  readonly stamp: string;
  readonly id: string | null;
}

/**
 * Records behind a position in the order (SystemModstamp, Id), deleted ones included when sent to queryAll.
 * A keyset and no OFFSET: a record that changes meanwhile moves to the end and is met again, none is skipped.
 */
export function changedSoql(entity: EntityName, after: Position | null, limit: number): string {
  // What is read of a line is its contract.
  const fields = entity === 'Contract_Line__c' ? 'Id, SystemModstamp, Contract__c' : 'Id, SystemModstamp';
  const where = after === null ? '' : ` WHERE ${behind(after)}`;
  return `SELECT ${fields} FROM ${entity}${where} ORDER BY SystemModstamp, Id LIMIT ${limit}`;
}

function behind({ stamp, id }: Position): string {
  if (id === null) return `SystemModstamp >= ${stamp}`;
  return `SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > ${quoted(id)})`;
}

/** Records of which `field` is one of the ids. */
export function recordsSoql(entity: EntityName, field: 'Id' | 'Contract__c', ids: readonly string[]): string {
  return `SELECT ${FIELDS[entity].join(', ')} FROM ${entity} WHERE ${field} IN (${ids.map(quoted).join(', ')})`;
}

/** Every record that is not deleted. */
export function allSoql(entity: EntityName): string {
  return `SELECT ${FIELDS[entity].join(', ')} FROM ${entity} ORDER BY Id`;
}

/** Position of a record in the order of `changedSoql`. */
export function positionOf(record: RecordStamp): Position {
  return { stamp: isoInstant(record.SystemModstamp), id: record.Id };
}

/** Salesforce writes 2026-01-31T10:00:00.000+0000; ISO 8601 wants a colon in the offset or a Z. */
export function isoInstant(stamp: string): string {
  return new Date(stamp.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')).toISOString();
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
