import { derivedId } from '@tieout/canonical';
import type { ConsumeOptions } from './consume-once.ts';
import type { DeadLetterRow, FailureStage, RawRecord } from './dead-letter.store.ts';
import { errorCode, errorKind, errorMessage } from './errors.ts';

/** What went wrong with a record, and how often it was tried. */
export interface Failure {
  readonly error: unknown;
  readonly tries: number;
  /** True when the record could not even be read. */
  readonly unreadable?: boolean;
}

const MAX_MESSAGE = 1_024;
const MAX_STACK = 2_048;

/** The row of a record that failed itself. */
export function deadRow({ group, clusterId }: ConsumeOptions, record: RawRecord, failure: Failure): DeadLetterRow {
  return { id: deadLetterId(group, clusterId, record), group, record, status: 'open', ...described(failure) };
}

/** The error as it is kept: why, where, and texts that are bounded and carry as little of the data as possible. */
export function described(
  failure: Failure,
): Pick<DeadLetterRow, 'reason' | 'stage' | 'errorClass' | 'errorCode' | 'errorMessage' | 'stack' | 'attempts'> {
  const { error, tries } = failure;
  return {
    reason: errorKind(error) === 'data' ? 'data' : 'bug',
    stage: stageOf(failure),
    errorClass: error instanceof Error ? error.name : typeof error,
    errorCode: errorCode(error),
    errorMessage: bounded(errorMessage(error), MAX_MESSAGE),
    stack: error instanceof Error && error.stack ? bounded(error.stack, MAX_STACK) : null,
    attempts: tries,
  };
}

/** The row of a record that waits behind a dead letter of its key. */
export function parkedRow({ group, clusterId }: ConsumeOptions, record: RawRecord): DeadLetterRow {
  return {
    id: deadLetterId(group, clusterId, record),
    group,
    record,
    status: 'parked',
    reason: 'parked',
    stage: null,
    errorClass: null,
    errorCode: 'key-held',
    errorMessage: 'Waits behind a dead letter of the same key',
    stack: null,
    attempts: 0,
  };
}

function deadLetterId(group: string, clusterId: string, { topic, partition, offset }: RawRecord): string {
  return derivedId('dead-letter', `${group} ${clusterId} ${topic}/${partition}/${offset}`, 0);
}

/** The outcome under which a record that is held stands in the counts of its position. */
export function heldOutcome(reason: DeadLetterRow['reason']): string {
  if (reason === 'parked') return 'parked';
  return reason === 'bug' ? 'dead-lettered:bug' : 'dead-lettered';
}

/** In the words of Kafka Connect, so that its tooling can sort ours. */
function stageOf({ error, unreadable }: Failure): FailureStage {
  if (!unreadable) return 'TASK_PUT';
  const code = errorCode(error);
  if (code === 'key-missing') return 'KEY_CONVERTER';
  return code === 'header-missing' ? 'HEADER_CONVERTER' : 'VALUE_CONVERTER';
}

const bounded = (text: string, length: number): string => withoutData(text).slice(0, length).toWellFormed();

/** What PostgreSQL names in double quotes without repeating data. */
const NAMED = /(?<=\b(?:relation|table|column|constraint|function|index|schema|type|sequence) )"[^"]*"/gi;

/**
 * Takes out what foreign errors repeat of the data: quoted values (`invalid input syntax for type date: "…"`, JSON.parse),
 * `Key (email)=(…)`, and addresses of people. Names of tables and columns stay, they say what to repair.
 */
export function withoutData(text: string): string {
  const names: string[] = [];
  return text
    .replace(NAMED, (name) => `\u0001${names.push(name) - 1}\u0001`)
    .replace(/"[^"\n]*"/g, '"…"')
    .replace(/=\([^)\n]*\)/g, '=(…)')
    .replace(/[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[a-z]{2,}/gi, '…@…')
    .replace(/\u0001(\d+)\u0001/g, (_, index: string) => names[Number(index)] ?? '');
}
