import { describe, expect, it } from 'vitest';
import { replaysText, replayText } from './replay.ts';

const now = new Date('2026-03-31T12:00:00Z');
const row = {
  ...{ service: 'reconciliation', replayId: 'r-1', consumerGroup: 'g', topic: 'finance.invoice.v1', fromTime: null },
  ...{ reset: true, rate: null, status: 'running' as const, reason: 'rows were lost', requestedBy: 'ann' },
  ...{ requestedAt: '2026-03-31T11:59:30.000000Z', stoppedBy: null, stopReason: null, failure: null, endedAt: null },
  ...{ outcomes: { applied: 40, older: 10 }, factsSuppressed: 40, workSuppressed: 3 },
  partitions: [
    { partition: 0, firstOffset: '0', nextOffset: '50', endOffset: '100' },
    { partition: 1, firstOffset: '10', nextOffset: '10', endOffset: '110' },
  ],
};

describe('what the command line says of replays', () => {
  it('tells how far one is, what became of its records and what was not sent again', () => {
    const text = replayText(row, now);
    expect(text).toMatch(/^Through +25 %, 50 of 200 offsets$/m);
    expect(text).toMatch(/^Records +40 applied, 10 older$/m);
    expect(text).toMatch(/^Not sent again +40 events, 3 calls to vendors$/m);
    expect(text).toMatch(/^Requested +30 s ago by ann: rows were lost$/m);
    expect(text).not.toMatch(/Stopped|Failure/);
  });

  it('says why one ended early', () => {
    expect(replayText({ ...row, status: 'failed', failure: 'oops' }, now)).toMatch(/^Failure +oops$/m);
    expect(replayText({ ...row, status: 'stopped', stoppedBy: 'bob', stopReason: 'wrong topic' }, now)).toMatch(
      /^Stopped +by bob: wrong topic$/m,
    );
  });

  it('lists them, one without records included', () => {
    const text = replaysText([row, { ...row, replayId: 'r-2', status: 'done', reset: false, partitions: [] }], now);
    expect(text).toMatch(/^running +reconciliation +finance\.invoice\.v1 +reset +30 s ago +r-1 +25 %$/m);
    expect(text).toMatch(/^done .* - .* r-2 +100 %$/m);
    expect(replaysText([], now)).toBe('No replay yet.');
  });
});
