import { breakIdOf } from './difference.ts';
import type { Check, Difference } from './difference.ts';

/** What the run before said about the same difference. */
export interface EarlierFinding {
  readonly breakId: string;
  readonly actual: string | null;
  /** Runs in a row that found it. */
  readonly streak: number;
  /** When the first of these was begun, as an instant. */
  readonly since: string;
}

export interface OpenBreak {
  readonly breakId: string;
  readonly check: Check;
  /** Cut-off of the run that last saw it; null when that run had none. */
  readonly cutOff: string | null;
}

export interface Finding {
  readonly breakId: string;
  readonly difference: Difference;
  /** settled: a break that people have decided about, and nothing has touched since. */
  readonly verdict: 'break' | 'timing' | 'settled';
  readonly streak: number;
}

/** A finding as a run keeps it. */
export interface JudgedFinding extends Finding {
  /** When the first run in a row that found it was begun, as an instant. */
  readonly since: string;
  /** Of timing that has its time: when that is over, as an instant. Null: another look will decide. */
  readonly dueAt: string | null;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Open breaks that this run looked for and no longer found. */
  readonly gone: readonly string[];
}

export interface RunVerdict extends Verdict {
  readonly findings: readonly JudgedFinding[];
}

export interface Evidence {
  readonly differences: readonly Difference[];
  readonly earlier: readonly EarlierFinding[];
  readonly open: readonly OpenBreak[];
  /** Checks that this run could make: their sides were complete. */
  readonly checked: ReadonlySet<Check>;
  readonly cutOff: string | null;
  /** When the first snapshot of the run was begun, as an instant. */
  readonly takenAt: string;
  /** How long an object must have been quiet before its difference counts at once. */
  readonly settleMs: number;
}

/** A side that moves in every run is at work, but not for ever. */
const MAX_TIMING_RUNS = 3;

/**
 * A difference is a break when it is one already, when neither side changed lately, or when the run before found it too and the
 * lagging side has not moved since; until then it is timing. One that has a time of its own is timing until that is over.
 */
export function judge(evidence: Evidence): RunVerdict {
  const earlier = new Map(evidence.earlier.map((finding) => [finding.breakId, finding]));
  const open = new Set(evidence.open.map(({ breakId }) => breakId));
  const findings = evidence.differences.map((difference): JudgedFinding => {
    const breakId = breakIdOf(difference);
    const before = earlier.get(breakId);
    const streak = (before?.streak ?? 0) + 1;
    const since = before?.since ?? evidence.takenAt;
    const dueAt = dueOf(difference, since);
    const persists = before !== undefined && (before.actual === difference.actual || streak > MAX_TIMING_RUNS);
    const isDue =
      dueAt === null ? persists || settled(difference, evidence) : Date.parse(dueAt) <= Date.parse(evidence.takenAt);
    const isBreak = open.has(breakId) || isDue;
    return { breakId, difference, verdict: isBreak ? 'break' : 'timing', streak, since, dueAt };
  });
  const found = new Set(findings.map(({ breakId }) => breakId));
  const gone = evidence.open.filter((one) => !found.has(one.breakId) && looksFor(evidence, one));
  return { findings, gone: gone.map(({ breakId }) => breakId) };
}

/** From the change that the other side has yet to show, when the side that made it says when; else from when it was first found. */
function dueOf({ graceMs, changedAt }: Difference, since: string): string | null {
  if (graceMs === undefined) return null;
  const [stated, ...others] = changedAt;
  const from =
    stated !== undefined && stated !== null && others.length === 0 && Date.parse(stated) < Date.parse(since)
      ? stated
      : since;
  return new Date(Date.parse(from) + graceMs).toISOString();
}

function settled({ changedAt }: Difference, { takenAt, settleMs }: Evidence): boolean {
  const limit = Date.parse(takenAt) - settleMs;
  return changedAt.length > 0 && changedAt.every((instant) => instant !== null && Date.parse(instant) <= limit);
}

/** A run up to a date says nothing about a break that a run without or with a later date saw. */
function looksFor({ checked, cutOff }: Evidence, { check, cutOff: seenUpTo }: OpenBreak): boolean {
  return checked.has(check) && (cutOff === null || (seenUpTo !== null && seenUpTo <= cutOff));
}
