import { describe, expect, it } from 'vitest';
import { consumerStatus, type StatusSources } from './consumer-status.ts';

const worker = { partition: 0, located: true, trouble: null, busyMs: 0, lag: 3, newestTimestamp: 5 };
const sources: StatusSources = {
  ...{ topic: 't', group: 'g', state: 'running', reason: null, silentMs: 0, stuckAfterMs: 10_000 },
  workers: [worker],
};

describe('the status of a consumer', () => {
  it.each<[string, Partial<StatusSources>, string, RegExp]>([
    ['running', {}, 'running', /null/],
    ['stuck in one partition', { workers: [worker, { ...worker, partition: 4, busyMs: 10_001 }] }, 'stuck', /^t\/4/],
    ['in trouble in one partition', { workers: [worker, { ...worker, trouble: 'away' }] }, 'retrying', /away/],
    ['without a fetch for long', { silentMs: 10_001 }, 'retrying', /nothing fetched/],
    ['not at its position yet', { workers: [worker, { ...worker, located: false }] }, 'starting', /null/],
    ['stopped, whatever its partitions do', { state: 'stopped', reason: 'trimmed' }, 'stopped', /trimmed/],
    ['replaced after a crash', { state: 'retrying', reason: 'crash', silentMs: 60_000 }, 'retrying', /crash/],
  ])('that is %s', (_, change, state, reason) => {
    const status = consumerStatus({ ...sources, ...change });
    expect(status.state).toBe(state);
    expect(String(status.reason)).toMatch(reason);
  });

  it('shows a hang before it shows trouble elsewhere', () => {
    const workers = [
      { ...worker, trouble: 'away' },
      { ...worker, partition: 1, busyMs: 20_000 },
    ];
    expect(consumerStatus({ ...sources, workers }).state).toBe('stuck');
  });

  it('gathers lag by partition, the newest record and the longest hang', () => {
    const workers = [worker, { ...worker, partition: 2, lag: null, busyMs: 7, newestTimestamp: 9 }];
    expect(consumerStatus({ ...sources, workers })).toMatchObject({ lag: { 0: 3 }, newestTimestamp: 9, busyMs: 7 });
  });
});
