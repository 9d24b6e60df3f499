import type { EntityManager } from 'typeorm';
import type { Verdict } from '../checks/verdict.ts';
import type { BreakDesk } from './break-desk.worker.ts';
import type { Transition } from './break-state.ts';
import { lockBreaks, markSeen } from './break.store.ts';
import { gone, seen } from './transition.ts';
import type { RunContext } from './transition.ts';

export interface AppliedVerdict {
  /** Found again, and settled by people: nothing that a run should call a break. */
  readonly settled: ReadonlySet<string>;
}

/**
 * Writes what a run found into the breaks, their states and audit entries into the outbox: all in the caller's transaction. `gone` are
 * breaks that the run looked for and did not find; ids that are no open break are skipped. What is found unchanged publishes nothing.
 */
export async function applyVerdict(
  desk: BreakDesk,
  tx: EntityManager,
  { findings, gone: closed }: Verdict,
  context: RunContext,
  cutOff: string | null,
): Promise<AppliedVerdict> {
  const breaks = findings.filter(({ verdict }) => verdict === 'break');
  if (breaks.length === 0 && closed.length === 0) return { settled: new Set() };
  const found = breaks.map(({ breakId }) => breakId);
  const before = await lockBreaks(tx, [...found, ...closed]);
  const triage = await desk.triage(tx);
  const transitions = breaks.map((finding) => seen(before.get(finding.breakId) ?? null, finding, context, triage));
  const ended = closed.map((breakId) => before.get(breakId)).map((state) => state && gone(state, context));
  await desk.store(
    tx,
    [...transitions, ...ended].filter((one): one is Transition => one != null),
  );
  await markSeen(tx, found, context, cutOff);
  const settled = found.filter((id, index) => transitions[index] === null && before.get(id)?.workflow === 'RESOLVED');
  return { settled: new Set(settled) };
}
