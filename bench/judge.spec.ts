import { describe, expect, it } from 'vitest';
import type { Result } from './measurement.ts';
import { boundOf, judge, type Target } from './judge.ts';
import { TARGETS as MESSAGING } from './messaging/targets.ts';
import { TARGETS as RECONCILIATION } from './reconciliation/targets.ts';

const result = (subject: string, metric: string, median: number): Result => ({
  ...{ subject, metric, unit: '', median, min: median, max: median, cpuSeconds: null, maxRssMiB: null },
});
const results = [result('ours', 'rate', 30), result('theirs', 'rate', 10), result('half', 'rate', 40)];
const target = (more: Partial<Target>): Target => ({ what: '', of: ['ours', 'rate'], ...more });

describe('a target', () => {
  it.each([
    [{ to: [['theirs', 'rate']], atLeast: 3 }, 3, 'met'],
    [{ to: [['theirs', 'rate']], atLeast: 3.1 }, 3, 'missed'],
    [{ to: [['theirs', 'rate']], atMost: 2.9 }, 3, 'missed'],
    [
      {
        to: [
          ['half', 'rate'],
          ['theirs', 'rate'],
        ],
        atLeast: 1,
      },
      3,
      'met',
    ],
    [{ atMost: 30 }, 30, 'met'],
    [{ to: [['nobody', 'rate']], atLeast: 1 }, null, 'not measured'],
  ] as [Partial<Target>, number | null, string][])('%j is measured as %d: %s', (more, measured, verdict) => {
    expect(judge(results, [target(more)])).toMatchObject([{ measured, verdict }]);
  });

  it('says its bound', () => {
    expect(boundOf(target({ to: [['theirs', 'rate']], atLeast: 2.5 }))).toBe('>= 2.5x');
    expect(boundOf(target({ atMost: 100, unit: 'ms' }))).toBe('<= 100 ms');
  });

  it('has one bound', () => {
    for (const { what, atLeast, atMost } of [...MESSAGING, ...RECONCILIATION])
      expect(
        [atLeast, atMost].filter((bound) => bound !== undefined),
        what,
      ).toHaveLength(1);
  });
});
