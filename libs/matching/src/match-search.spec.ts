import { describe, expect, it } from 'vitest';
import { decided, groupsOf, item, rules } from './matching.fixture.ts';

const search = (stated: Record<string, unknown> = {}) => ({
  kind: 'match',
  outcome: 'suggested',
  keys: ['counterparty'],
  cardinality: '1:N',
  group: 'search',
  ...stated,
});
const some = (side: string, ...amounts: string[]) =>
  amounts.map((amount, n) => item(`${side}${n + 1}`, { counterparty: 'C', amount }));

describe('the items that make up a sum', () => {
  it('are found among others and suggested', () => {
    const [found, ...others] = groupsOf({
      left: some('L', '100.17'),
      right: some('R', '33.01', '61.5', '67.16', '12.4'),
      ruleSet: rules(search()),
    });
    expect(found).toMatchObject({ outcome: 'suggested', left: ['L1'], right: ['R1', 'R3'], difference: '0' });
    expect(found?.confidence).toBeGreaterThan(0.9);
    expect(found?.evidence['search']).toMatch(/^complete after \d+ steps$/);
    expect(others.map(({ type }) => type)).toEqual(['missing-left', 'missing-left']);
  });
  it('are found on the left as well', () => {
    const ruleSet = rules(search({ cardinality: 'N:1' }));
    expect(decided({ left: some('L', '33.01', '61.5', '67.16'), right: some('R', '100.17'), ruleSet })).toEqual([
      'suggested L1 L3 | R1',
      'break missing-right L2 |',
    ]);
  });
  it('are found on both sides at once', () => {
    const ruleSet = rules(search({ cardinality: 'N:M' }));
    const given = { left: some('L', '33.01', '67.16', '500.01'), right: some('R', '40.06', '60.11', '900.5'), ruleSet };
    expect(decided(given)).toEqual(['suggested L1 L2 | R1 R2', 'break missing-right L3 |', 'break missing-left | R3']);
  });
  it('are matched where a rule says so and chance is no explanation', () => {
    const ruleSet = rules(search({ outcome: 'matched' }));
    expect(decided({ left: some('L', '91000.17'), right: some('R', '33000.01', '58000.16', '12.4'), ruleSet })[0]).toBe(
      'matched L1 | R1 R2',
    );
  });
  it('may miss the sum by the tolerance and no more', () => {
    const ruleSet = rules(search({ amount: { absolute: '0.05' } }));
    expect(decided({ left: some('L', '100'), right: some('R', '40', '60.05'), ruleSet })).toEqual([
      'suggested L1 | R1 R2 (0.05)',
    ]);
    expect(decided({ left: some('L', '100'), right: some('R', '40', '60.0501'), ruleSet })).toHaveLength(3);
  });
  it('must be of the counterparty', () => {
    const right = [...some('R', '40'), item('R2', { counterparty: 'D', amount: '60' })];
    expect(decided({ left: some('L', '100'), right, ruleSet: rules(search()) })).toHaveLength(3);
  });
  it('with the signs the other way round', () => {
    const ruleSet = rules(search({ sign: 'opposite' }));
    expect(decided({ left: some('L', '100'), right: some('R', '-40', '-60'), ruleSet })).toEqual([
      'suggested L1 | R1 R2',
    ]);
  });
});

describe('several ways to make up a sum', () => {
  it('are ambiguous, with the items of all of them', () => {
    const given = {
      left: some('L', '100'),
      right: some('R', '40', '60', '30', '70', '7'),
      ruleSet: rules(search({ search: { maxSize: 2 } })),
    };
    expect(decided(given)).toEqual(['ambiguous L1 | R1 R2 R3 R4 (100)', 'break missing-left | R5']);
  });
  it('by items of equal amounts are ambiguous', () => {
    expect(decided({ left: some('L', '100'), right: some('R', '40', '60', '60'), ruleSet: rules(search()) })).toEqual([
      'ambiguous L1 | R1 R2 R3 (60)',
    ]);
  });
  it('for two sums that want the same item are ambiguous', () => {
    const given = { left: some('L', '100', '110'), right: some('R', '40', '60', '70'), ruleSet: rules(search()) };
    expect(decided(given)).toEqual(['ambiguous L1 L2 | R1 R2 R3 (-40)']);
  });
  it('mean none to a rule that ignores them', () => {
    const given = {
      left: some('L', '100'),
      right: some('R', '40', '60', '60'),
      ruleSet: rules(search({ onAmbiguity: 'ignore' })),
    };
    expect(decided(given)).toHaveLength(4);
  });
});

describe('a search that gives up', () => {
  it('over too many candidates says so in what stays a break', () => {
    const right = Array.from({ length: 30 }, (_, n) => item(`R${n}`, { counterparty: 'C', amount: String(n + 1) }));
    const groups = groupsOf({
      left: some('L', '100'),
      right,
      ruleSet: rules(search({ search: { maxCandidates: 20 } })),
    });
    expect(groups[0]).toMatchObject({
      outcome: 'break',
      evidence: { search: 'rule-1: gave up, 30 candidates, at most 20 are searched' },
    });
  });
  it('after too many steps suggests at most, and says so', () => {
    const right = [
      ...some('R', '33.01', '67.16'),
      ...Array.from({ length: 30 }, (_, n) => item(`X${n}`, { counterparty: 'C', amount: `${n}1.${n + 13}7` })),
    ];
    const ruleSet = rules(search({ outcome: 'matched', search: { maxSteps: 400 } }));
    for (const group of groupsOf({ left: some('L', '100.17'), right, ruleSet })) {
      expect(group.outcome).not.toBe('matched');
      if (group.left.length > 0) expect(group.evidence['search']).toMatch(/gave up after \d+ steps/);
    }
  });
});

it('leaves alone what an earlier rule left ambiguous', () => {
  const first = { kind: 'match', outcome: 'matched', keys: ['reference'], onAmbiguity: 'pass' };
  const A = { counterparty: 'C', reference: 'A-1' };
  const left = [item('L1', A), item('L2', A), item('L3', { counterparty: 'C', amount: '150' })];
  const right = [item('R1', A), item('R2', { counterparty: 'C', amount: '50' })];
  const lines = decided({ left, right, ruleSet: rules(first, search()) });
  expect(lines).toEqual([
    'ambiguous duplicate L1 L2 | R1 (-100)',
    'break missing-right L3 |',
    'break missing-left | R2',
  ]);
});
