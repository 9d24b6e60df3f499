import { describe, expect, it } from 'vitest';
import {
  objectionToApproval,
  objectionToDraft,
  objectionToProposal,
  objectionToRejection,
  type Approval,
} from './objection.ts';
import { rejected, retired, type RuleSetVersion } from './rule-set-version.ts';
import { activeOf, backTestOf, draftOf, NOW, proposalOf, signed, withLoss } from './rules.fixture.ts';

const HOUR = 3_600_000;
const BY_STATUS: Record<string, RuleSetVersion> = {
  draft: draftOf(2, 'two'),
  proposed: proposalOf(2, 'two'),
  active: activeOf(2, 'two'),
  retired: retired(activeOf(2, 'two'), activeOf(3, 'three'), signed('cleo')).after,
  rejected: rejected(draftOf(2, 'two'), signed('cleo')).after,
};
const proposal = proposalOf(2, 'two');
const good: Approval = {
  ...{ actor: 'cleo', now: NOW, active: activeOf(1, 'one'), backTest: backTestOf(), maxAgeMs: HOUR },
  ...{ usedBy: ['payments-bank'], acceptLost: false },
};

describe('what may be done with a version', () => {
  it.each([
    ['draft', ['propose', 'reject']],
    ['proposed', ['reject', 'activate']],
    ['active', []],
    ['retired', []],
    ['rejected', []],
  ])('that is %s: %j', (status, allowed) => {
    const version = BY_STATUS[status] as RuleSetVersion;
    const objections = {
      propose: objectionToProposal(version),
      reject: objectionToRejection(version),
      activate: objectionToApproval(version, good),
    };
    const free = Object.entries(objections).filter(([, objection]) => objection === null);
    expect(free.map(([act]) => act)).toEqual(allowed);
    for (const objection of Object.values(objections)) if (objection) expect(objection.code).toBe('status-wrong');
  });
});

describe('an approval', () => {
  it.each<[string, Partial<Approval>, string | null]>([
    ['by a third person is fine', {}, null],
    ['by who wrote the rules', { actor: 'ann' }, 'same-person'],
    ['by who proposed them', { actor: 'ben' }, 'same-person'],
    ['without a back-test', { backTest: null }, 'back-test-missing'],
    ['on a back-test of other rules', { backTest: backTestOf({ hash: 'else' }) }, 'back-test-missing'],
    ['on a back-test of another version', { backTest: backTestOf({ version: 3 }) }, 'back-test-missing'],
    [
      'on a back-test that runs',
      { backTest: backTestOf({ status: 'running', endedAt: null }) },
      'back-test-unfinished',
    ],
    ['on a back-test that was cancelled', { backTest: backTestOf({ status: 'cancelled' }) }, 'back-test-unfinished'],
    ['on a back-test as old as allowed', { maxAgeMs: HOUR }, null],
    ['on a back-test a moment older', { maxAgeMs: HOUR - 1 }, 'back-test-old'],
    ['when another version became active meanwhile', { active: activeOf(3, 'three') }, 'back-test-baseline'],
    ['when none is active any more', { active: null }, 'back-test-baseline'],
    ['of the first version', { active: null, backTest: backTestOf({ baseline: null }) }, null],
    ['when a comparison was left out', { usedBy: ['payments-bank', 'cards'] }, 'back-test-incomplete'],
    ['when nothing uses the rules', { usedBy: [], backTest: backTestOf({ targets: [], results: [] }) }, null],
    ['when confirmed matches are lost', { backTest: backTestOf({}, withLoss()) }, 'confirmed-lost'],
    ['when that is accepted', { backTest: backTestOf({}, withLoss()), acceptLost: true }, null],
  ])('%s', (_, over, code) => {
    expect(objectionToApproval(proposal, { ...good, ...over })?.code ?? null).toBe(code);
  });

  it('names the breaks whose matches would be lost', () => {
    const refused = objectionToApproval(proposal, { ...good, backTest: backTestOf({}, withLoss()) });
    expect(refused?.message).toContain('1 matches that people confirmed would be lost (breaks break-1)');
  });
});

describe('a draft', () => {
  it('with the rules that are active changes nothing and is refused', () => {
    expect(objectionToDraft('one', activeOf(1, 'one'))?.code).toBe('rules-unchanged');
    expect(objectionToDraft('two', activeOf(1, 'one'))).toBeNull();
    expect(objectionToDraft('one', null)).toBeNull();
  });
});
