import type { DeadLetterRow } from './dead-letter.store.ts';

export type RedriveAction = 'redrive' | 'discard';
export type RedriveState = 'running' | 'stopped' | 'finished';
/** What becomes of the records that wait behind a selected one: redriven in order after it, or left where they are. */
export type Followers = 'redrive' | 'keep';

/** Which dead letters are meant; every criterion that is there must hold. Without `ids` only those that are still held. */
export interface LetterFilter {
  readonly topic?: string | undefined;
  readonly reason?: DeadLetterRow['reason'] | undefined;
  readonly errorCode?: string | undefined;
  /** Text of the record's key. */
  readonly key?: string | undefined;
  /** RFC 3339; from is inclusive, to is not. */
  readonly failedFrom?: string | undefined;
  readonly failedTo?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** A dead letter as far as it matters to who may be applied. */
export interface Candidate {
  readonly id: string;
  readonly seq: bigint;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Hex of the key's hash; null when the record has no key. */
  readonly line: string | null;
  readonly status: string;
  /** The running request that has it already. */
  readonly markedBy: string | null;
  readonly selected: boolean;
}

export type Ineligible = 'settled' | 'marked' | 'not-consumed' | 'behind' | 'over-cap';

export interface Judged {
  readonly letter: Candidate;
  readonly action: RedriveAction;
  /** Null: it will be applied. */
  readonly why: Ineligible | null;
  /** Id of the letter that is in its way, when it is `behind`. */
  readonly behind: string | null;
}

export interface JudgeRules {
  readonly action: RedriveAction;
  readonly followers: Followers;
  readonly maxItems: number;
  /** `fact` when records of a key wait for each other; null for a group that this service does not consume. */
  readonly kindOf: (group: string) => 'fact' | 'state' | null;
}

const isHeld = (status: string): boolean => status === 'open' || status === 'parked';

/**
 * Says of each selected letter, and of those that follow it, whether it can be applied and why not. On a fact topic a key is a
 * line: nothing overtakes, so a letter is eligible only when everything before it in its line is eligible too.
 * @param candidates in order of `seq`, with the whole line of every selected one
 */
export function judge(candidates: readonly Candidate[], rules: JudgeRules): Judged[] {
  const lines = new Map<string, { blockedBy: string | null; led: boolean }>();
  const judged: Judged[] = [];
  let room = rules.maxItems;
  for (const letter of candidates) {
    const name = letter.line !== null && rules.kindOf(letter.group) === 'fact' ? lineOf(letter) : null;
    const line = name === null ? null : (lines.get(name) ?? { blockedBy: null, led: false });
    const verdict = judgeOne(letter, line, room, rules);
    if (verdict !== null) judged.push(verdict);
    if (verdict?.why === null) room -= 1;
    if (name === null || line === null || !isHeld(letter.status)) continue;
    const passes = verdict?.why === null;
    lines.set(name, { blockedBy: line.blockedBy ?? (passes ? null : letter.id), led: line.led || passes });
  }
  return judged;
}

const lineOf = ({ group, topic, line }: Candidate): string => `${group} ${topic} ${line ?? ''}`;

/** Null when nobody asked for it. */
function judgeOne(
  letter: Candidate,
  line: { readonly blockedBy: string | null; readonly led: boolean } | null,
  room: number,
  { action, followers, kindOf }: JudgeRules,
): Judged | null {
  const follows = !letter.selected && followers === 'redrive' && line?.led === true && line.blockedBy === null;
  if (!letter.selected && !follows) return null;
  const no = (why: Ineligible, behind: string | null = null): Judged => ({
    letter,
    action: letter.selected ? action : 'redrive',
    why,
    behind,
  });
  if (!isHeld(letter.status)) return no('settled');
  if (kindOf(letter.group) === null) return no('not-consumed');
  if (letter.markedBy !== null) return no('marked');
  if (line !== null && line.blockedBy !== null) return no('behind', line.blockedBy);
  if (room < 1) return no('over-cap');
  return { letter, action: letter.selected ? action : 'redrive', why: null, behind: null };
}

/** How many items may be applied now: `rate` per second, at most those of one second at once. */
export function permits(elapsedSeconds: number, rate: number): number {
  return Math.max(0, Math.floor(Math.min(1, elapsedSeconds) * rate + 1e-6));
}
