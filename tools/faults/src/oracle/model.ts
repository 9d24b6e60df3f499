import type { TrueEvent } from '../generator/generate.ts';

/** A record of the input topic, recognised by the id in its header; `event` is null when it is none of the ground truth's. */
export interface InputRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly event: TrueEvent | null;
  readonly tombstone: boolean;
  /** The generator marks what it has spoilt in a header of its own, which no service reads. */
  readonly spoilt: boolean;
}

export interface ModelRules {
  readonly kind: 'state' | 'fact';
  /** Its handler fails on it, whatever is tried. */
  readonly poison?: (event: TrueEvent) => boolean;
}

export type OutcomeKind = 'applied' | 'superseded' | 'duplicate' | 'ignored' | 'dead-lettered' | 'parked';

/** What the promises say must become of an input, whatever was killed or cut on the way. */
export interface Expected {
  /** In the order in which they must have been applied, per key. */
  readonly effects: readonly TrueEvent[];
  readonly counts: ReadonlyMap<OutcomeKind, number>;
  readonly dead: readonly InputRecord[];
  readonly parked: readonly InputRecord[];
}

/** The rules of consuming, executed on the log as it stands: the specification that the service is held against. */
export function expect(log: readonly InputRecord[], rules: ModelRules): Expected {
  const state = { revisions: new Map<string, bigint>(), seen: new Set<string>(), held: new Set<string>() };
  const judged = inOffsetOrder(log).map((record) => ({ record, outcome: judge(record, rules, state) }));
  const become = (outcome: OutcomeKind): InputRecord[] =>
    judged.filter((one) => one.outcome === outcome).map(({ record }) => record);
  const dead = become('dead-lettered');
  const moot = rules.kind === 'state' ? overtaken(dead, become('applied')) : 0;
  const counts = new Map<OutcomeKind, number>();
  for (const { outcome } of judged) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  if (moot > 0) counts.set('dead-lettered', dead.length - moot);
  if (moot > 0) counts.set('superseded', (counts.get('superseded') ?? 0) + moot);
  const effects = become('applied').flatMap(({ event }) => (event ? [event] : []));
  return { effects, counts, dead, parked: become('parked') };
}

/** On a state topic a later good revision makes a dead letter of its key moot; it is then counted as superseded. */
function overtaken(dead: readonly InputRecord[], applied: readonly InputRecord[]): number {
  const last = new Map(applied.map(({ key, offset }) => [key, offset]));
  return dead.filter(({ key, offset }) => key !== null && (last.get(key) ?? -1n) > offset).length;
}

interface ModelState {
  readonly revisions: Map<string, bigint>;
  readonly seen: Set<string>;
  readonly held: Set<string>;
}

function judge(record: InputRecord, rules: ModelRules, state: ModelState): OutcomeKind {
  const { event, key, tombstone, spoilt } = record;
  const isUnreadable = key === null || spoilt || (event === null && !tombstone);
  if (rules.kind === 'state') {
    if (isUnreadable || (event && rules.poison?.(event))) return 'dead-lettered';
    return event ? byRevision(event, state.revisions) : 'ignored';
  }
  return isUnreadable ? hold(key, state) : ofFact(record, rules, state);
}

/** On a fact topic everything behind a dead letter of its key waits, and an event that came before is dropped first. */
function ofFact({ event, key }: InputRecord, rules: ModelRules, state: ModelState): OutcomeKind {
  if (event && state.seen.has(event.eventId)) return 'duplicate';
  if (event) state.seen.add(event.eventId);
  if (key !== null && state.held.has(key)) return 'parked';
  if (!event) return 'ignored';
  if (rules.poison?.(event) !== true) return byRevision(event, state.revisions);
  // It was given up: should it come again it is as new as the first time.
  state.seen.delete(event.eventId);
  return hold(key, state);
}

function hold(key: string | null, { held }: ModelState): OutcomeKind {
  if (key !== null) held.add(key);
  return 'dead-lettered';
}

function byRevision({ key, revision }: TrueEvent, revisions: Map<string, bigint>): OutcomeKind {
  const before = revisions.get(key) ?? -1n;
  if (revision === before) return 'duplicate';
  if (revision < before) return 'superseded';
  revisions.set(key, revision);
  return 'applied';
}

function inOffsetOrder(log: readonly InputRecord[]): InputRecord[] {
  return log.toSorted((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
}
