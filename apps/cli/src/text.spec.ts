import { describe, expect, it } from 'vitest';
import { breaksText, breakText, duration, runsText, statusText, topicsText } from './text.ts';

const now = new Date('2026-03-31T12:00:00Z');
const open = {
  breakId: '5f0d4a3e-0000-4000-8000-000000000001',
  status: 'OPEN' as const,
  severity: 'critical',
  check: 'contract-billing',
  kind: 'net',
  objectType: 'contract',
  object: 'c-1',
  legalEntityId: null,
  customerId: 'k-7',
  currency: 'EUR',
  expected: '1200.00',
  actual: '1150.00',
  difference: '-50.00',
  openedAt: '2026-03-31T11:00:00.000Z',
  closedAt: null,
  firstSeenRunId: 'r-1',
  lastSeenRunId: 'r-2',
  evidence: { order: 'SO-1', invoiced: '600.00' },
};

describe('what the command line says', () => {
  it('tells durations as a person does', () => {
    expect([0.2, 59, 119, 120, 7_199, 7_200, 200_000].map(duration)).toEqual([
      '0 s',
      '59 s',
      '119 s',
      '2 min',
      '120 min',
      '2 h',
      '2 d',
    ]);
  });

  it('shows a service that is not ready with the reason, and what stands still', () => {
    const text = statusText(
      [
        {
          name: 'erp-adapter',
          url: 'http://127.0.0.1:1',
          pid: 12,
          ready: false,
          problems: ['relay: retrying no broker'],
          consumers: [{ topic: 'finance.customer.v1', running: false, lag: 4 }],
          streams: [{ stream: 'invoice', running: true, failures: 2, ageSeconds: 300 }],
        },
      ],
      { page: 'http://127.0.0.1:2' },
    );
    expect(text).toMatch(/^erp-adapter +NO +http:\/\/127\.0\.0\.1:1 +12$/m);
    expect(text).toContain('erp-adapter: relay: retrying no broker');
    expect(text).toMatch(/invoice +fails \(2 in a row\) +5 min/);
    expect(text).toMatch(/finance\.customer\.v1 +STOPPED +4/);
    expect(text).toMatch(/^page +http:\/\/127\.0\.0\.1:2$/m);
  });

  it('marks what was read in part only', () => {
    const topic = { topic: 'finance.invoice.v1', kind: 'state', partitions: 6, records: 50, keys: 40 } as const;
    const whole = topicsText([{ ...topic, newestAt: '2026-03-31T11:59:30Z', partial: false }], now);
    expect(whole).toMatch(/finance\.invoice\.v1 +state +30 s ago +6 +50 +40$/);
    const part = topicsText([{ ...topic, newestAt: null, partial: true }], now);
    expect(part).toMatch(/- +6 +≥ 50 +≥ 40$/m);
    expect(part).toContain('--limit');
  });

  it('lists breaks with both sides and the way to the next page', () => {
    const text = breaksText(
      [open, { ...open, expected: null, actual: '17.5', kind: 'extra', difference: null }],
      'abc',
      now,
    );
    expect(text).toMatch(/OPEN +contract-billing +net +contract c-1 +60 min ago +5f0d\S+ +1200\.00 EUR +1150\.00 EUR/);
    expect(text).toMatch(/extra .* - +17\.5 EUR$/m);
    expect(text).toContain('--cursor abc');
    expect(breaksText([], null, now)).toBe('No such break.');
  });

  it('shows one break with its evidence, and leaves out what is not known', () => {
    const text = breakText(open, now);
    expect(text).toMatch(/^Difference +-50\.00 EUR$/m);
    expect(text).toMatch(/^ {2}order +SO-1$/m);
    expect(text).not.toMatch(/Legal entity|Closed/);
  });

  it('says why a run is incomplete', () => {
    const run = {
      runId: 'r-1',
      status: 'incomplete',
      trigger: 'request',
      asOf: null,
      sides: [],
      followedBy: null,
      reasons: ['invoice@netsuite: no answer'],
      checks: ['invoice-balance'],
      breaks: 0,
      timing: 2,
      requestedAt: '2026-03-31T11:59:00Z',
      endedAt: null,
    };
    const text = runsText([run], now);
    expect(text).toMatch(/^incomplete +request +60 s ago +r-1 +1 +0 +2$/m);
    expect(text).toContain('r-1: invoice@netsuite: no answer');
    expect(runsText([], now)).toContain('POST /runs');
  });
});
