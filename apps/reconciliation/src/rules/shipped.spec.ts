import { describe, expect, it } from 'vitest';
import { proposed, rejected, retired, type RuleSetVersion } from './rule-set-version.ts';
import { activeOf, draftOf, NOW, proposalOf, signed } from './rules.fixture.ts';
import { shippedTransitions } from './shipped.ts';

const ours = { by: 'reconciliation', at: NOW, reason: 'shipped' };
const shipped = (version: RuleSetVersion): RuleSetVersion => ({ ...version, origin: 'shipped' });
/** What is done, as `version status`. */
function done(hash: string, versions: readonly RuleSetVersion[]): string[] | null {
  const todo = shippedTransitions({ name: 'bank', hash }, versions, ours);
  return todo && [todo.first, ...todo.then].map(({ after }) => `${after.version} ${after.status}`);
}

describe('rules that come with the service', () => {
  it('are active at once when they are the first of their name', () => {
    expect(done('one', [])).toEqual(['1 draft', '1 active']);
  });

  it('are stored once', () => {
    expect(done('one', [shipped(activeOf(1, 'one'))])).toBeNull();
  });

  it('are only proposed when something is active, whoever activated it', () => {
    expect(done('two', [shipped(activeOf(1, 'one'))])).toEqual(['2 draft', '2 proposed']);
    const versions = [activeOf(2, 'own'), retired(shipped(activeOf(1, 'one')), activeOf(2, 'own'), ours).after];
    expect(done('three', versions)).toEqual(['3 draft', '3 proposed']);
    const todo = shippedTransitions({ name: 'bank', hash: 'three' }, versions, ours);
    expect(todo?.first.after).toMatchObject({ origin: 'shipped', basedOn: 2, drafted: { by: 'reconciliation' } });
  });

  it('are not proposed again after people refused or retired them', () => {
    const refused = rejected(proposed(shipped(draftOf(2, 'two')), ours).after, signed('cleo')).after;
    expect(done('two', [refused, shipped(activeOf(1, 'one'))])).toBeNull();
    const gone = retired(shipped(activeOf(1, 'one')), activeOf(2, 'own'), signed('cleo')).after;
    expect(done('one', [activeOf(2, 'own'), gone])).toBeNull();
  });

  it('are nothing new when people have activated the same rules', () => {
    expect(done('own', [activeOf(2, 'own'), shipped(activeOf(1, 'one'))])).toBeNull();
    // A draft of the same rules decides nothing yet.
    expect(done('own', [draftOf(2, 'own'), shipped(activeOf(1, 'one'))])).toEqual(['3 draft', '3 proposed']);
  });

  it('take the place of an older proposal of ours that nobody has decided, and of no other', () => {
    const versions = [proposalOf(3, 'theirs'), shipped(proposalOf(2, 'two')), shipped(activeOf(1, 'one'))];
    expect(done('four', versions)).toEqual(['4 draft', '4 proposed', '2 rejected']);
  });
});
