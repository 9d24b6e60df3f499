import { expect, it } from 'vitest';
import { parseSide, planRun } from './request-run.ts';
import type { RunRequest } from './request-run.ts';

it.each([
  ['cell@anaplan', { object: 'cell', system: 'anaplan', instance: 'main' }],
  ['invoice@netsuite:eu', { object: 'invoice', system: 'netsuite', instance: 'eu' }],
])('reads the side %s', (text, expected) => {
  expect(parseSide(text)).toEqual(expected);
});

it('asks for the same snapshots when the same run is planned again, each side its own', () => {
  const request: RunRequest = {
    ...{
      runId: 'r',
      trigger: 'request' as const,
      asOf: null,
      followUpOf: null,
      requestedAt: '2026-01-01T00:00:00.000Z',
    },
    sides: ['cell@anaplan', 'invoice@netsuite', 'invoice@netsuite:eu'].map(parseSide),
  };
  expect(planRun(request)).toEqual(planRun(request));
  expect(new Set(planRun(request).snapshots.map(({ snapshotId }) => snapshotId)).size).toBe(3);
});
