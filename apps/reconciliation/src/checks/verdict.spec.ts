import { describe, expect, it } from 'vitest';
import { breakIdOf, difference } from './difference.ts';
import type { Check, Difference } from './difference.ts';
import { judge } from './verdict.ts';
import type { Evidence } from './verdict.ts';

const TAKEN = '2026-01-01T12:00:00.000Z';
const EARLIER = '2026-01-01T11:59:00.000Z';
const SINCE = '2026-01-01T11:50:00.000Z';
const open = difference({
  check: 'invoices-erp-topic',
  kind: 'open',
  objectType: 'invoice',
  object: 'i',
  expected: '1',
  actual: '2',
});
const breakId = breakIdOf(open);
const base: Evidence = {
  differences: [open],
  earlier: [],
  open: [],
  checked: new Set<Check>(['invoices-erp-topic']),
  cutOff: null,
  takenAt: TAKEN,
  settleMs: 60_000,
};
const verdictOf = (change: Partial<Evidence>): [string | undefined, number | undefined] => {
  const [finding] = judge({ ...base, ...change }).findings;
  return [finding?.verdict, finding?.streak];
};

describe('the verdict on a difference', () => {
  it.each<[string, (string | null)[], string]>([
    ['neither side says when it changed', [null, null], 'timing'],
    ['one side does not say', [EARLIER, null], 'timing'],
    ['both have been quiet for just long enough', [EARLIER, EARLIER], 'break'],
    ['one changed a millisecond too late', [EARLIER, '2026-01-01T11:59:00.001Z'], 'timing'],
    ['one changed after the snapshot', [EARLIER, '2026-01-01T12:00:01.000Z'], 'timing'],
    ['the only side there is has been quiet', [EARLIER], 'break'],
    ['no side is known', [], 'timing'],
  ])('when %s', (_name, changedAt, expected) => {
    expect(verdictOf({ differences: [{ ...open, changedAt }] })[0]).toBe(expected);
  });

  it('is a break when the run before found the same', () => {
    expect(verdictOf({ earlier: [{ breakId, actual: '2', streak: 1, since: SINCE }] })).toEqual(['break', 2]);
  });

  it('is timing while the lagging side moves, but not for ever', () => {
    expect(verdictOf({ earlier: [{ breakId, actual: '1.5', streak: 1, since: SINCE }] })).toEqual(['timing', 2]);
    expect(verdictOf({ earlier: [{ breakId, actual: '1.5', streak: 2, since: SINCE }] })).toEqual(['timing', 3]);
    expect(verdictOf({ earlier: [{ breakId, actual: '1.5', streak: 3, since: SINCE }] })).toEqual(['break', 4]);
  });

  it('stays a break once it is one', () => {
    expect(verdictOf({ open: [{ breakId, check: 'invoices-erp-topic', cutOff: null }] })[0]).toBe('break');
  });

  it.each<[string, Partial<Difference>, string | null, string, string]>([
    ['is timing when it is new', {}, null, 'timing', '2026-01-01T12:10:00.000Z'],
    [
      'is timing while its time runs, however often it is found',
      {},
      '2026-01-01T11:50:01.000Z',
      'timing',
      '2026-01-01T12:00:01.000Z',
    ],
    ['is a break when its time is over', {}, SINCE, 'break', TAKEN],
    ['has its time from the change when the side says when', { changedAt: [SINCE] }, null, 'break', TAKEN],
    ['has its time from the first look when the change is later', { changedAt: [TAKEN] }, SINCE, 'break', TAKEN],
    [
      'has its time from the first look when several sides say when',
      { changedAt: [SINCE, SINCE] },
      null,
      'timing',
      '2026-01-01T12:10:00.000Z',
    ],
  ])('of what has a time of its own %s', (_name, change, since, verdict, dueAt) => {
    const earlier = since === null ? [] : [{ breakId, actual: '2', streak: 9, since }];
    const { findings } = judge({ ...base, differences: [{ ...open, ...change, graceMs: 600_000 }], earlier });
    expect(findings).toMatchObject([{ verdict, dueAt, since: since ?? TAKEN }]);
  });

  it('remembers since when it is found', () => {
    const { findings } = judge({ ...base, earlier: [{ breakId, actual: '1.5', streak: 1, since: SINCE }] });
    expect(findings).toMatchObject([{ since: SINCE, dueAt: null }]);
    expect(judge(base).findings).toMatchObject([{ since: TAKEN, dueAt: null }]);
  });

  it('says the same when it is asked again with what it said', () => {
    const first = judge({ ...base, earlier: [{ breakId, actual: '2', streak: 1, since: SINCE }] });
    const again = judge({ ...base, earlier: [{ breakId, actual: '2', streak: 1, since: SINCE }] });
    expect(again).toEqual(first);
  });
});

describe('a break that is no longer found', () => {
  const stored = { breakId, check: 'invoices-erp-topic' as const };
  it.each<[string, Partial<Evidence>, string | null, string[]]>([
    ['is gone', {}, null, [breakId]],
    ['stays when its check was not made', { checked: new Set<Check>() }, null, []],
    ['stays when the run looked only up to a date', { cutOff: '2026-01-31' }, null, []],
    ['stays when the run looked less far', { cutOff: '2026-01-30' }, '2026-01-31', []],
    ['is gone when the run looked as far', { cutOff: '2026-01-31' }, '2026-01-31', [breakId]],
    ['is gone when the run looked without limit', {}, '2026-01-31', [breakId]],
  ])('%s', (_name, change, cutOff, expected) => {
    expect(judge({ ...base, differences: [], open: [{ ...stored, cutOff }], ...change }).gone).toEqual(expected);
  });
});
