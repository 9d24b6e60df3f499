import { contentHash } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { breakIdOf, difference } from '../checks/difference.ts';
import { gone, seen } from './transition.ts';

const found = difference({
  check: 'invoices-erp-topic',
  kind: 'amount',
  objectType: 'invoice',
  object: 'i',
  expected: '1',
  actual: '2',
});
const finding = { breakId: breakIdOf(found), difference: found, verdict: 'break', streak: 2 } as const;
const run = (n: number) => ({ runId: `run-${n}`, at: `2026-01-0${n}T00:00:00.000Z` });

describe('a break', () => {
  it('opens, is seen again without an audit entry, closes and reopens, with one chain of entries', () => {
    const opened = seen(null, finding, run(1));
    const again = seen(opened.next, { ...finding, difference: { ...found, actual: '3' } }, run(2));
    const closed = gone(again.next, run(3));
    const reopened = seen(closed.next, finding, run(4));
    const states = [opened, again, closed, reopened].map(({ next: { state } }) => state);
    expect(
      states.map(({ status, openedAt, closedAt, lastSeenRunId, actual }) => [
        status,
        openedAt,
        closedAt,
        lastSeenRunId,
        actual,
      ]),
    ).toEqual([
      ['OPEN', run(1).at, null, 'run-1', '2'],
      ['OPEN', run(1).at, null, 'run-2', '3'],
      ['CLOSED', run(1).at, run(3).at, 'run-2', '3'],
      ['OPEN', run(4).at, null, 'run-4', '2'],
    ]);
    expect(states.every(({ firstSeenRunId }) => firstSeenRunId === 'run-1')).toBe(true);
    expect(again.audit).toBeNull();
    const audits = [opened, closed, reopened].map(({ audit }) => audit);
    expect(audits.map((audit) => [audit?.action, audit?.sequence])).toEqual([
      ['opened', 1n],
      ['closed', 2n],
      ['reopened', 3n],
    ]);
    expect(audits.map((audit) => audit?.previousHash)).toEqual([null, audits[0]?.hash, audits[1]?.hash]);
    expect(audits[1]).toMatchObject({ beforeHash: contentHash(states[1]), afterHash: contentHash(states[2]) });
  });

  it('carries a hash over all of its audit entry', () => {
    const { audit } = seen(null, finding, run(1));
    const { hash, ...entry } = audit ?? { hash: '' };
    expect(hash).toBe(contentHash(entry));
    expect(contentHash({ ...entry, at: run(2).at })).not.toBe(hash);
  });

  it('has the same id in every run, and another for another kind', () => {
    expect(breakIdOf(found)).toBe(breakIdOf({ ...found, actual: '9', evidence: { x: 'y' } }));
    expect(breakIdOf(found)).not.toBe(breakIdOf({ ...found, kind: 'open' }));
  });
});
