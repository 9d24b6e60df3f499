import { chained, contentHash, verifyChain, type Audit } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { approved, auditActOf, drafted, proposed, rejected, retired, type Transition } from './rule-set-version.ts';
import { activeOf, draftOf, proposalOf, signed } from './rules.fixture.ts';

describe('a version of a rule set', () => {
  it('is written, proposed and activated by people whose names and reasons stay', () => {
    const draft = drafted({ name: 'bank', version: 2, origin: 'person', hash: 'two', basedOn: 1 }, signed('ann'));
    const proposal = proposed(draft.after, signed('ben'));
    const active = approved(proposal.after, signed('cleo'), { gained: '3' });
    expect([draft, proposal, active].map(({ after }) => after.status)).toEqual(['draft', 'proposed', 'active']);
    expect(active.after).toMatchObject({
      ...{ version: 2, hash: 'two', basedOn: 1, rejected: null, retired: null },
      ...{ drafted: { by: 'ann' }, proposed: { by: 'ben' }, approved: { by: 'cleo', reason: 'cleo says so' } },
    });
  });

  it('retires when another is active, and says which', () => {
    const { after, act } = retired(activeOf(1, 'one'), activeOf(2, 'two'), signed('cleo'));
    expect(after).toMatchObject({ version: 1, status: 'retired', approved: { by: 'cleo' } });
    expect(act).toMatchObject({ action: 'retired', signed: { reason: 'version 2 is active instead' } });
  });

  it('leaves an entry for every act, one chain per name', () => {
    const steps: Transition[] = [
      drafted({ name: 'bank', version: 2, origin: 'person', hash: 'two', basedOn: 1 }, signed('ann')),
      proposed(draftOf(2, 'two'), signed('ben')),
      retired(activeOf(1, 'one'), proposalOf(2, 'two'), signed('cleo')),
      approved(proposalOf(2, 'two'), signed('cleo'), { backTest: 'test-1', gained: '3' }),
      rejected(draftOf(3, 'three'), signed('dan')),
    ];
    const chain: Audit[] = [];
    for (const step of steps) chain.push(chained(chain.at(-1) ?? null, auditActOf(step, 'operator')));
    expect(verifyChain(chain)).toBeNull();
    expect(chain.map(({ action, actor, details }) => [action, actor, details['version']])).toEqual([
      ['drafted', 'ann', '2'],
      ['proposed', 'ben', '2'],
      ['retired', 'cleo', '1'],
      ['activated', 'cleo', '2'],
      ['rejected', 'dan', '3'],
    ]);
    expect(chain[3]).toMatchObject({
      targetType: 'rule-set',
      targetId: 'bank',
      beforeHash: contentHash(proposalOf(2, 'two')),
      details: { rules: 'two', backTest: 'test-1', gained: '3' },
    });
    expect(chain[0]?.beforeHash).toBeNull();
  });
});
