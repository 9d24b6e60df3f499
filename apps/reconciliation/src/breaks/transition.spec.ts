import { contentHash, verifyChain } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { breakIdOf } from '../checks/difference.ts';
import { amountOf, by, chainOf, findingOf, found, opened, policy, resolve, run, triage } from './break.fixture.ts';
import type { BreakState, Transition } from './break-state.ts';
import { perform } from './decide.ts';
import { expired, gone, seen } from './transition.ts';

const finding = findingOf(found());
const again = (state: BreakState, day: number, actual = '2000'): Transition | null =>
  seen(state, findingOf(amountOf(actual)), run(day), triage);
const decided = (state: BreakState, resolution: string, more: Record<string, string> = {}): BreakState =>
  perform(state, 1n, resolve(resolution, more), by('mara')).transition.after;

describe('a break', () => {
  it('opens, changes, closes and reopens, with one chain of entries', () => {
    const first = seen(null, finding, run(1), triage) as Transition;
    const changed = again(first.after, 2, '3000') as Transition;
    const closed = gone(changed.after, run(3)) as Transition;
    const reopened = again(closed.after, 4) as Transition;
    const transitions = [first, changed, closed, reopened];
    expect(
      transitions.map(({ act, after }) => [act.action, after.status, after.workflow, after.openedAt, after.closedAt]),
    ).toEqual([
      ['opened', 'OPEN', 'OPEN', run(1).at, null],
      ['changed', 'OPEN', 'OPEN', run(1).at, null],
      ['closed', 'CLOSED', 'CLOSED', run(1).at, run(3).at],
      ['reopened', 'OPEN', 'OPEN', run(4).at, null],
    ]);
    expect(transitions.map(({ after }) => [after.lastSeenRunId, after.actual])).toEqual([
      ['run-1', '2000'],
      ['run-2', '3000'],
      ['run-2', '3000'],
      ['run-4', '2000'],
    ]);
    expect(transitions.every(({ after }) => after.firstSeenRunId === 'run-1')).toBe(true);
    expect(changed.act.details).toMatchObject({ 'before.actual': '2000', 'after.actual': '3000' });
    const chain = chainOf(transitions);
    expect(verifyChain(chain)).toBeNull();
    expect(chain[2]).toMatchObject({ beforeHash: contentHash(changed.after), afterHash: contentHash(closed.after) });
  });

  it('that is found again unchanged says nothing', () => {
    expect(again(opened(), 2)).toBeNull();
  });

  it('that is over is not over once more', () => {
    const closed = (gone(opened(), run(2)) as Transition).after;
    expect(gone(closed, run(3))).toBeNull();
  });

  it('has the same id in every run, and another for another kind', () => {
    expect(breakIdOf(found())).toBe(breakIdOf(found({ actual: '9', evidence: { x: 'y' } })));
    expect(breakIdOf(found())).not.toBe(breakIdOf(found({ kind: 'open' })));
  });

  it('keeps who works it and when it is due, until it weighs otherwise', () => {
    const state = { ...opened(), assignee: 'mara', dueAt: '2026-01-30T23:59:59.999Z' };
    expect(again(state, 2, '3000')?.after).toMatchObject({ assignee: 'mara', dueAt: state.dueAt });
    const warning = { ...state, severity: 'WARNING' as const };
    expect(again(warning, 2, '3000')?.after).toMatchObject({ severity: 'CRITICAL', dueAt: '2026-01-03T00:00:00.000Z' });
  });
});

describe('a resolution', () => {
  const small = found({ actual: '1010', difference: '10' });
  const smallAgain = (state: BreakState, day: number, actual = '1010'): Transition | null =>
    seen(state, findingOf(amountOf(actual)), run(day), triage);

  it('stays while the difference is the one that was resolved', () => {
    const state = decided(opened(small), 'WRITE_OFF');
    expect(state).toMatchObject({ status: 'OPEN', workflow: 'RESOLVED', proposedBy: 'mara', approvedBy: null });
    expect(smallAgain(state, 20)).toBeNull();
  });

  it('ends when a late event touches what was resolved, with before and after in the audit', () => {
    const state = decided(opened(small), 'WRITE_OFF');
    const reopened = smallAgain(state, 3, '1020');
    expect(reopened?.act).toMatchObject({
      action: 'reopened',
      details: {
        because: 'it changed',
        'before.actual': '1010',
        'after.actual': '1020',
        'before.value': '10',
        'after.value': '20',
        resolution: 'WRITE_OFF',
        resolutionReason: 'because',
        proposedBy: 'mara',
      },
    });
    expect(reopened?.after).toMatchObject({
      workflow: 'OPEN',
      resolution: null,
      proposedBy: null,
      openedAt: run(1).at,
    });
    expect(reopened?.after.dueAt).toBe('2026-01-04T00:00:00.000Z');
  });

  it('that waits for its second person lapses when the difference becomes another', () => {
    const state = decided(opened(), 'WRITE_OFF');
    expect(state.workflow).toBe('PROPOSED');
    const lapsed = again(state, 3, '2001');
    expect(lapsed?.act.action).toBe('proposal-lapsed');
    expect(lapsed?.after).toMatchObject({ workflow: 'OPEN', resolution: null, proposedBy: null });
    expect((gone(state, run(3)) as Transition).after).toMatchObject({ workflow: 'CLOSED', resolution: null });
  });

  it('of a correction is proven by a run that no longer finds it, and keeps what was said', () => {
    const state = decided(opened(), 'CORRECTED_AT_SOURCE');
    expect(state).toMatchObject({ workflow: 'PENDING', expectedOn: '2026-01-07' });
    expect(again(state, 7)).toBeNull();
    const closed = gone(state, run(7)) as Transition;
    expect(closed.after).toMatchObject({ workflow: 'CLOSED', resolution: 'CORRECTED_AT_SOURCE' });
    expect(closed.act.details).toMatchObject({ resolution: 'CORRECTED_AT_SOURCE' });
  });

  it('of timing is over after its day, whether a run finds it or nobody looks', () => {
    const state = decided(opened(), 'TIMING', { expectedOn: '2026-01-09' });
    expect([again(state, 9), expired(state, run(9).at, policy)]).toEqual([null, null]);
    const reopened = [again(state, 10), expired(state, run(10).at, policy)];
    for (const one of reopened) {
      expect(one?.act).toMatchObject({ action: 'reopened', details: { because: 'still there after 2026-01-09' } });
      expect(one?.after).toMatchObject({ workflow: 'OPEN', resolution: null, expectedOn: null });
      expect(one?.after.dueAt).toBe('2026-01-11T00:00:00.000Z');
    }
  });

  it('says of a closed break that came back what had been decided', () => {
    const closed = (gone(decided(opened(small), 'WRITE_OFF'), run(3)) as Transition).after;
    const back = smallAgain(closed, 4);
    expect(back?.after).toMatchObject({ workflow: 'OPEN', resolution: null });
    expect(back?.act.details).toMatchObject({ because: 'found again', resolution: 'WRITE_OFF' });
  });
});
