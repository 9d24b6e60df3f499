import { describe, expect, it } from 'vitest';
import { approvalDetails, cutOffs, hashOfResults } from './back-test.ts';
import { backTestOf, resultOf, withLoss } from './rules.fixture.ts';

describe('cut-offs', () => {
  it.each([
    ['2026-03-31', 3, ['2026-03-31', '2026-02-28', '2026-01-31']],
    ['2026-03-15', 2, ['2026-03-15', '2026-02-28']],
    ['2024-03-01', 3, ['2024-03-01', '2024-02-29', '2024-01-31']],
    ['2026-01-10', 1, ['2026-01-10']],
  ])('of %s are the day and the month ends before it', (latest, periods, expected) => {
    expect(cutOffs(latest, periods)).toEqual(expected);
  });
});

describe('a back-test', () => {
  it('leaves with the approval which one it was and what it said, over all its results', () => {
    const [one] = backTestOf({}, withLoss()).results;
    const gained = { ...resultOf(), gained: { ...resultOf().gained, cases: 4 } };
    const test = backTestOf({ results: [one!, { ...one!, result: gained }] });
    expect(approvalDetails(test)).toMatchObject({
      ...{ backTest: 'test-1', baseline: '1', gained: '4', lost: '0', confirmedLost: '1' },
      result: test.resultHash,
    });
  });

  it('has a hash that any change of its results changes', () => {
    const { results } = backTestOf();
    const [one] = results;
    expect(hashOfResults(structuredClone(results))).toBe(hashOfResults(results));
    expect(hashOfResults([{ ...one!, left: 3 }])).not.toBe(hashOfResults(results));
  });
});
