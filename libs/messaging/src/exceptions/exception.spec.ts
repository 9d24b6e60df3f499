import { contentHash } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  auditActOf,
  decided,
  decisionOf,
  exceptionId,
  objectionTo,
  raised,
  resolved,
  type DecisionRequest,
  type ExceptionKind,
  type ExceptionState,
  type NewException,
} from './exception.ts';

const [monday, tuesday] = ['2026-01-05T10:00:00.000Z', '2026-01-06T10:00:00.000Z'];
const kind: ExceptionKind = {
  ...{
    kind: 'order-not-written',
    severity: 'WARNING',
    ownerGroup: 'erp-operations',
    dueHours: 24,
    cure: 'Correct it.',
  },
  actions: {
    retry: { does: 'Tries again.', needsReason: false, apply: () => Promise.resolve(null) },
    skip: { does: 'Leaves it.', needsReason: true, apply: () => Promise.resolve('skipped') },
  },
};
const found: NewException = {
  ...{ kind: 'order-not-written', subject: 'main|order|7', objectType: 'order', objectId: '7' },
  ...{ message: 'no item', details: { code: 'unknown-item' }, atStake: { amount: '1200.5', currency: 'CHF' } },
};
const raise = (before: ExceptionState | null, one = found, now = monday) =>
  raised(before, one, kind, 'erp-adapter', now);
const opened = raise(null)!.after;

describe('raising', () => {
  it('opens a case with what its kind declares and what was found', () => {
    expect(raise(null)).toMatchObject({ before: null, act: { action: 'raised', actor: 'erp-adapter', role: null } });
    expect(opened).toEqual({
      exceptionId: exceptionId('erp-adapter', found),
      ...{ kind: 'order-not-written', status: 'OPEN', severity: 'WARNING', service: 'erp-adapter' },
      ...{ objectType: 'order', objectId: '7', message: 'no item', details: { code: 'unknown-item' } },
      ...{ raisedAt: monday, updatedAt: monday, dueAt: tuesday, resolution: null },
      ...{ ownerGroup: 'erp-operations', assignee: null, atStake: '1200.5', currency: 'CHF', cure: 'Correct it.' },
      ...{ actions: ['resolve', 'retry', 'skip'], lastDecisionId: null },
    });
  });

  it('the same again is nothing new, whatever people did with the case meanwhile', () => {
    expect(raise(opened, found, tuesday)).toBeNull();
    expect(raise({ ...opened, assignee: 'mara', lastDecisionId: 'd' }, found, tuesday)).toBeNull();
  });

  it('with other words tells the case anew, and it keeps its beginning, its due time and its assignee', () => {
    const changed = raise({ ...opened, assignee: 'mara' }, { ...found, message: 'no currency' }, tuesday);
    expect(changed?.act.action).toBe('changed');
    expect(changed?.after).toMatchObject({
      message: 'no currency',
      raisedAt: monday,
      updatedAt: tuesday,
      dueAt: tuesday,
    });
    expect(changed?.after.assignee).toBe('mara');
  });

  it('after it was resolved opens it again, with a new beginning', () => {
    const over = resolved({ ...opened, assignee: 'mara' }, 'corrected', monday)!.after;
    const again = raise(over, found, tuesday);
    expect(again?.act.action).toBe('reopened');
    expect(again?.after).toMatchObject({ status: 'OPEN', raisedAt: tuesday, resolution: null, assignee: 'mara' });
    expect(again?.after.dueAt).toBe('2026-01-07T10:00:00.000Z');
  });

  it('is one case per kind and subject', () => {
    expect(exceptionId('erp-adapter', { ...found, subject: 'main|order|8' })).not.toBe(opened.exceptionId);
    expect(exceptionId('erp-adapter', { ...found, kind: 'foreign-edit' })).not.toBe(opened.exceptionId);
  });
});

describe('resolving', () => {
  it('ends an open case and leaves one that is over', () => {
    const over = resolved(opened, 'corrected', tuesday)!;
    expect(over.after).toMatchObject({ status: 'RESOLVED', resolution: 'corrected', updatedAt: tuesday });
    expect(over.act).toMatchObject({ action: 'resolved', reason: 'corrected' });
    expect(resolved(over.after, 'again', tuesday)).toBeNull();
  });
});

const request = (change: Partial<DecisionRequest>): DecisionRequest => ({
  ...{ action: 'retry', expectedRevision: 3n, actor: 'mara', role: 'operator', reason: null, parameters: {} },
  ...change,
});

describe('a person may', () => {
  const over = { ...opened, status: 'RESOLVED' as const };
  it.each<[string, Partial<DecisionRequest>, ExceptionState, string | null]>([
    ['decide what the kind declares', {}, opened, null],
    ['assign', { action: 'assign' }, opened, null],
    ['comment, also what is over', { action: 'comment', reason: 'asked' }, over, null],
    ['resolve with a reason', { action: 'resolve', reason: 'done by hand' }, opened, null],
    ['not resolve without a reason', { action: 'resolve' }, opened, 'reason-missing'],
    ['not give blanks for a reason', { action: 'skip', reason: '  ' }, opened, 'reason-missing'],
    ['not comment nothing', { action: 'comment' }, opened, 'reason-missing'],
    ['not decide about another revision', { expectedRevision: 2n }, opened, 'revision-stale'],
    ['not decide what is over', {}, over, 'exception-closed'],
    ['not assign what is over', { action: 'assign' }, over, 'exception-closed'],
    ['not decide what nobody declared', { action: 'accept-theirs' }, opened, 'action-unknown'],
    ['not decide what objects have by birth', { action: 'toString' }, opened, 'action-unknown'],
  ])('%s', (_, change, state, code) => {
    expect(objectionTo(request(change), state, 3n, kind)?.code ?? null).toBe(code);
  });

  it('only resolve a case of a kind that this version does not know', () => {
    expect(actionsOf(undefined)).toEqual(['resolve']);
    expect(objectionTo(request({}), opened, 3n, undefined)?.code).toBe('action-unknown');
    expect(objectionTo(request({ action: 'resolve', reason: 'x' }), opened, 3n, undefined)).toBeNull();
  });
});

describe('a decision', () => {
  it('is one per revision of the case', () => {
    const [one, other] = [3n, 4n].map((expectedRevision) => decisionOf(opened, request({ expectedRevision }), tuesday));
    expect(one).toMatchObject({ targetType: 'exception', targetId: opened.exceptionId, actor: 'mara', at: tuesday });
    expect(one?.decisionId).not.toBe(other?.decisionId);
    expect(decisionOf(opened, request({ actor: 'eve' }), monday).decisionId).toBe(one?.decisionId);
  });

  it.each<[string, Partial<DecisionRequest>, string | null, Partial<ExceptionState>]>([
    [
      'that ends the case',
      { action: 'skip', reason: 'tiny' },
      'skipped',
      { status: 'RESOLVED', resolution: 'skipped' },
    ],
    ['that sets something going', {}, null, { status: 'OPEN', resolution: null }],
    ['that assigns', { action: 'assign', parameters: { assignee: 'jo' } }, null, { status: 'OPEN', assignee: 'jo' }],
    ['that takes it from somebody', { action: 'assign', parameters: { assignee: '' } }, null, { assignee: null }],
  ])('%s leads to another state and an audit entry', (_, change, resolution, expected) => {
    const decision = decisionOf(opened, request(change), tuesday);
    const transition = decided({ ...opened, assignee: 'mara' }, decision, resolution);
    expect(transition.after).toMatchObject({ ...expected, updatedAt: tuesday, lastDecisionId: decision.decisionId });
    expect(auditActOf(transition)).toMatchObject({
      ...{ targetType: 'exception', targetId: opened.exceptionId, at: tuesday, action: decision.action, actor: 'mara' },
      ...{ role: 'operator', reason: decision.reason, afterHash: contentHash(transition.after) },
      details: { decisionId: decision.decisionId },
    });
  });

  it('makes another state of the case even when nothing else changes, so that it has a revision of its own', () => {
    const again = decided(opened, decisionOf(opened, request({}), opened.updatedAt), null);
    expect(contentHash(again.after)).not.toBe(contentHash(opened));
  });
});
