import { describe, expect, it } from 'vitest';
import { failureOf, toError, type FailedCall } from './failure.client.ts';

const body = (code: string, detail = 'x'): object => ({
  status: 400,
  'o:errorDetails': [{ detail, 'o:errorCode': code }],
});

const query: FailedCall = { name: 'query', writes: false, loggedInOnce: false };

describe("NetSuite's errors say what we do", () => {
  it.each([
    [429, body('CONCURRENCY_LIMIT_EXCEEDED'), 'TransientError'],
    [400, body('SSS_REQUEST_LIMIT_EXCEEDED'), 'TransientError'],
    [503, null, 'TransientError'],
    [400, body('USER_ERROR'), 'DataError'],
    [400, body('NONEXISTENT_FIELD'), 'DataError'],
    [404, body('NONEXISTENT_ID'), 'DataError'],
    [401, body('INVALID_LOGIN'), 'MisconfiguredError'],
    [403, body('INSUFFICIENT_PERMISSION'), 'MisconfiguredError'],
    [403, '<html>', 'MisconfiguredError'],
    [422, null, 'DataError'],
  ])('%i %j is a %s', (status, answer, name) => {
    expect(toError(query, failureOf(status, answer))).toMatchObject({ name });
  });

  it.each([500, 503, 504, 408])('%i leaves the outcome of a write unknown, and of nothing else', (status) => {
    const failure = failureOf(status, null);
    expect(toError({ ...query, writes: true }, failure)).toMatchObject({ code: 'outcome-unknown' });
    expect(toError(query, failure)).toMatchObject({ code: 'netsuite-unavailable' });
  });

  it('too many calls at once changed nothing, also for a write', () => {
    expect(toError({ ...query, writes: true }, failureOf(429, null))).toMatchObject({ code: 'netsuite-unavailable' });
  });

  it('a 401 after a login that worked is tried again', () => {
    const failure = failureOf(401, body('INVALID_LOGIN'));
    expect(toError({ ...query, loggedInOnce: true }, failure)).toMatchObject({ name: 'TransientError' });
  });

  it('keeps every detail and its path', () => {
    const details = [{ detail: 'first', 'o:errorCode': 'USER_ERROR', 'o:errorPath': 'item' }, { detail: 'second' }];
    expect(failureOf(400, { 'o:errorDetails': details })).toEqual({
      status: 400,
      code: 'USER_ERROR',
      message: 'first at item; second',
    });
  });
});
