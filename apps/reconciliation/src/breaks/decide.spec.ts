import { describe, expect, it } from 'vitest';
import { act, by, found, opened, policy, resolve } from './break.fixture.ts';
import type { BreakState } from './break-state.ts';
import { isOffered, ACTIONS, objectionTo, perform, performAll, type ActRequest } from './decide.ts';

const large = opened();
const small = opened(found({ actual: '1010', difference: '10' }));
const after = (state: BreakState, one: ActRequest, who = 'mara'): BreakState =>
  perform(state, 1n, one, by(who)).transition.after;
const objection = (state: BreakState, one: ActRequest, who = 'mara') => objectionTo(state, one, by(who));

describe('a second person', () => {
  it('is needed above the limit, not at it', () => {
    const at = opened(found({ actual: '1100', difference: '100' }));
    const above = opened(found({ actual: '1100.01', difference: '100.01' }));
    expect(after(at, resolve('WRITE_OFF')).workflow).toBe('RESOLVED');
    expect(after(above, resolve('WRITE_OFF')).workflow).toBe('PROPOSED');
  });

  it.each(['WRITE_OFF', 'FX', 'EXPLAINED', 'FORCE_MATCH', 'VOID'])(
    'is needed for %s of a value nobody knows',
    (one) => {
      const unknown = opened(found({ currency: 'CHF' }));
      expect(unknown.groupValue).toBeNull();
      expect(after(unknown, resolve(one, { counterpart: 'x' })).workflow).toBe('PROPOSED');
    },
  );

  it('is needed by nobody where no money is asked for, but to force a match', () => {
    const name = opened(found({ check: 'customers-crm-erp', kind: 'name', currency: null, difference: null }));
    expect(after(name, resolve('EXPLAINED')).workflow).toBe('RESOLVED');
    expect(after(name, resolve('FORCE_MATCH', { counterpart: 'x' })).workflow).toBe('PROPOSED');
  });

  it('is never needed where a company sets no limit', () => {
    const rules = { ...policy, limits: { ...policy.limits, WRITE_OFF: null } };
    expect(perform(large, 1n, resolve('WRITE_OFF'), by('mara', 2, rules)).transition.after.workflow).toBe('RESOLVED');
  });

  it('is not the first', () => {
    const proposed = after(large, resolve('WRITE_OFF'));
    expect(objection(proposed, act('approve', {}, null))).toMatchObject({ code: 'second-person' });
    expect(objection(proposed, act('approve', {}, null), 'jon')).toBeNull();
    const approved = after(proposed, act('approve', {}, null), 'jon');
    expect(approved).toMatchObject({ workflow: 'RESOLVED', proposedBy: 'mara', approvedBy: 'jon' });
  });

  it('refuses with a reason, and the break is open again', () => {
    const proposed = after(large, resolve('WRITE_OFF'));
    expect(objection(proposed, act('reject', {}, ' '), 'jon')).toMatchObject({ code: 'reason-missing' });
    expect(after(proposed, act('reject'), 'jon')).toMatchObject({
      workflow: 'OPEN',
      resolution: null,
      proposedBy: null,
    });
  });

  it.each(['CORRECTED_AT_SOURCE', 'TIMING'])('is not asked for %s, which data proves', (one) => {
    const more = one === 'TIMING' ? { expectedOn: '2026-02-01' } : {};
    expect(after(large, resolve(one, more)).workflow).toBe('PENDING');
  });
});

describe('what a resolution asks for', () => {
  it.each([
    ['a reason', { ...resolve('EXPLAINED'), reason: null }, /reason/],
    ['a known name', resolve('FORGET_IT'), /one of CORRECTED_AT_SOURCE/],
    ['the day of timing', resolve('TIMING'), /needs the day/],
    ['a day to come', resolve('TIMING', { expectedOn: '2026-01-01' }), /from 2026-01-02/],
    ['a day that is near', resolve('TIMING', { expectedOn: '2027-01-01' }), /to 2026-04-05/],
    ['a day that exists', resolve('TIMING', { expectedOn: '2026-02-30' }), /date/],
    ['no day elsewhere', resolve('WRITE_OFF', { expectedOn: '2026-01-09' }), /takes no expected day/],
    ['the counterpart of a match', resolve('FORCE_MATCH'), /needs a counterpart/],
    ['no counterpart elsewhere', resolve('VOID', { counterpart: 'x' }), /takes no counterpart/],
  ])('is %s', (_, one, message) => {
    expect(objection(small, one)?.message).toMatch(message);
  });

  it.each([
    ['WRITE_OFF', { currency: null, difference: null, kind: 'name' }, /no amount to write off/],
    ['FX', { currency: null, difference: null, kind: 'name' }, /no amount/],
    ['VOID', { objectType: 'cell' }, /a cell is no document/],
  ])('makes %s ineligible', (resolution, over, message) => {
    expect(objection(opened(found(over)), resolve(resolution))).toMatchObject({
      code: 'ineligible',
      message: expect.stringMatching(message),
    });
  });
});

describe('acts', () => {
  const states: Record<string, BreakState> = {
    OPEN: large,
    PROPOSED: after(large, resolve('WRITE_OFF')),
    PENDING: after(large, resolve('CORRECTED_AT_SOURCE')),
    RESOLVED: after(small, resolve('WRITE_OFF')),
    CLOSED: { ...large, status: 'CLOSED', workflow: 'CLOSED' },
  };

  it.each([
    ['OPEN', ['assign', 'comment', 'reschedule', 'resolve']],
    ['PROPOSED', ['assign', 'comment', 'reschedule', 'approve', 'reject']],
    ['PENDING', ['assign', 'comment', 'reschedule', 'resolve', 'reopen']],
    ['RESOLVED', ['comment', 'reopen']],
    ['CLOSED', ['comment']],
  ])('of a break that is %s', (workflow, actions) => {
    const state = states[workflow] as BreakState;
    expect(state.workflow).toBe(workflow);
    expect(ACTIONS.filter((action) => isOffered(state, action))).toEqual(actions);
    for (const action of ACTIONS.filter((one) => !actions.includes(one)))
      expect(objection(state, act(action), 'jon')).toMatchObject({ code: 'not-offered' });
  });

  it('are told as decisions, one per revision', () => {
    const { decision, transition } = perform(large, 7n, act('assign', { assignee: 'jon' }, null), by('mara'));
    expect(decision).toMatchObject({ expectedRevision: 7n, action: 'assign', actor: 'mara', targetType: 'break' });
    expect(transition.after).toMatchObject({ assignee: 'jon', lastDecisionId: decision.decisionId });
    expect(perform(large, 8n, act('comment'), by('mara')).decision.decisionId).not.toBe(decision.decisionId);
    expect(after({ ...large, assignee: 'jon' }, act('assign', {}, null)).assignee).toBeNull();
  });

  it('move the due date to a day to come', () => {
    expect(objection(large, act('reschedule', { dueOn: '2026-01-01' }))?.code).toBe('ineligible');
    expect(after(large, act('reschedule', { dueOn: '2026-01-20' })).dueAt).toBe('2026-01-20T23:59:59.999Z');
  });

  it('come together all or none', () => {
    const acts = [act('assign', { assignee: 'jon' }), resolve('CORRECTED_AT_SOURCE'), act('comment')];
    const all = performAll(large, 3n, acts, by('mara'));
    expect(all.performed.map(({ decision }) => decision.expectedRevision)).toEqual([3n, 4n, 5n]);
    const none = performAll(large, 3n, [...acts, act('approve')], by('mara'));
    expect(none).toMatchObject({ performed: [], objection: { code: 'not-offered' } });
  });
});
