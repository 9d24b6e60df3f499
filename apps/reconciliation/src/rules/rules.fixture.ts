import { createComparison, type ConfirmedMatch, type ResultComparison } from '@tieout/matching';
import { hashOfResults, type BackTest, type BackTestResult } from './back-test.ts';
import { approved, drafted, proposed, type RuleSetVersion, type Signed } from './rule-set-version.ts';

export const NOW = '2026-04-01T12:00:00.000Z';
export const signed = (by: string, at = NOW): Signed => ({ by, at, reason: `${by} says so` });

export const draftOf = (version: number, hash: string, by = 'ann'): RuleSetVersion =>
  drafted({ name: 'bank', version, origin: 'person', hash, basedOn: version > 1 ? version - 1 : null }, signed(by))
    .after;
export const proposalOf = (version: number, hash: string, by = 'ben'): RuleSetVersion =>
  proposed(draftOf(version, hash), signed(by)).after;
export const activeOf = (version: number, hash: string): RuleSetVersion =>
  approved(proposalOf(version, hash), signed('cleo'), {}).after;

const lostMatch: ConfirmedMatch = { id: 'break-1', left: ['a'], right: ['n'], by: 'dan', reason: 'same deal' };

export function resultOf(lost: readonly ConfirmedMatch[] = []): ResultComparison {
  const nothing = createComparison().result();
  const counts = { ...nothing.confirmed.counts, lost: lost.length };
  return { ...nothing, confirmed: { counts, lost: lost.map((match) => ({ ...match, becomes: [] })) } };
}
export const withLoss = (): ResultComparison => resultOf([lostMatch]);

/** A back-test of version 2 against version 1, done an hour ago. */
export function backTestOf(over: Partial<BackTest> = {}, result = resultOf()): BackTest {
  const target = { comparison: 'payments-bank', asOf: '2026-03-31' };
  const results: BackTestResult[] = [{ ...target, sides: ['erp', 'bank'], left: 2, right: 3, blocks: 1, result }];
  return {
    ...{ backTestId: 'test-1', name: 'bank', version: 2, hash: 'two', baseline: { version: 1, hash: 'one' } },
    ...{ targets: [target], examples: 10, status: 'done', requested: signed('ann'), results },
    ...{ startedAt: '2026-04-01T10:59:00.000Z', endedAt: '2026-04-01T11:00:00.000Z', cancelledBy: null, problem: null },
    ...{ progress: { targets: 1, of: 1, blocks: 1, items: 5 }, resultHash: hashOfResults(results) },
    ...over,
  };
}
