import { TOPIC_NAMES, type TopicName } from '@tieout/canonical';
import type { Codec } from './codec.ts';
import { readableKey } from './dead-letter-event.ts';
import type { LetterDetail, LetterSummary } from './dead-letter-query.store.ts';
import type { DeadLetterStatus } from './dead-letter.store.ts';
import { errorCode, errorKind, errorMessage } from './errors.ts';
import type { Judged, RedriveAction } from './redrive.ts';

/** A dead letter as HTTP shows it. Instants are RFC 3339, offsets text. */
export interface LetterView {
  readonly deadLetterId: string;
  readonly consumerGroup: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  /** Null when the record has none, or one that is no text. */
  readonly key: string | null;
  readonly valueBytes: number | null;
  readonly status: DeadLetterStatus;
  readonly outcome: string | null;
  readonly marked: { readonly redriveId: string; readonly action: RedriveAction } | null;
  readonly reason: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attempts: number;
  readonly failedAt: string;
  readonly settledAt: string | null;
}

export function letterView(letter: LetterSummary): LetterView {
  const { markedBy, markedFor } = letter;
  return {
    deadLetterId: letter.id,
    consumerGroup: letter.group,
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset,
    timestamp: letter.timestamp.toISOString(),
    key: readableKey(letter.key),
    valueBytes: letter.valueBytes,
    status: letter.status,
    outcome: letter.outcome,
    marked: markedBy !== null && markedFor !== null ? { redriveId: markedBy, action: markedFor } : null,
    reason: letter.reason,
    errorCode: letter.errorCode,
    errorMessage: letter.errorMessage,
    attempts: letter.attempts,
    failedAt: letter.failedAt.toISOString(),
    settledAt: letter.settledAt?.toISOString() ?? null,
  };
}

export interface HeaderView {
  readonly name: string;
  /** Null when the bytes are no text. */
  readonly text: string | null;
  readonly base64: string | null;
}

/** The value as JSON, or why it cannot be read. Decimals and longs are text: nothing is rounded. Bytes are base64. */
export type DecodedView = { readonly value: unknown } | { readonly error: { code: string; message: string } };

export async function decodedView(
  codec: Codec,
  consumed: ReadonlyMap<string, TopicName>,
  { group, topic, value }: LetterDetail,
): Promise<DecodedView> {
  const contract = consumed.get(group) ?? TOPIC_NAMES.find((name) => name === topic);
  if (contract === undefined) return { error: { code: 'topic-unknown', message: `${topic} has no contract here` } };
  if (value === null) return { value: null };
  try {
    return { value: jsonOf(await codec.decode(contract, value)) };
  } catch (error) {
    if (errorKind(error) === 'bug') throw error;
    return { error: { code: errorCode(error), message: errorMessage(error) } };
  }
}

const jsonOf = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, function (this: Record<string, unknown>, name, item: unknown) {
      const raw = this[name]; // before Buffer.toJSON
      if (Buffer.isBuffer(raw)) return raw.toString('base64');
      return typeof item === 'bigint' ? item.toString() : item;
    }),
  );

export function headerViews({ headers }: LetterDetail): HeaderView[] {
  return headers.map(([name, base64]) => {
    const text = base64 === null ? null : Buffer.from(base64, 'base64').toString();
    return { name, text: text === null || /[\0\uFFFD]/.test(text) ? null : text, base64 };
  });
}

export interface PlanItem {
  readonly deadLetterId: string;
  readonly topic: string;
  readonly action: RedriveAction;
  readonly eligible: boolean;
  readonly why: string | null;
  readonly behind: string | null;
}

export const planItem = ({ letter, action, why, behind }: Judged): PlanItem => ({
  deadLetterId: letter.id,
  topic: letter.topic,
  action,
  eligible: why === null,
  why,
  behind,
});

/** How often each occurs. */
export function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
