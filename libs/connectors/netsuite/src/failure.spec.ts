import { describe, expect, it } from 'vitest';
import { failureOf, toError } from './failure.client.ts';

const body = (code: string, detail = 'x'): object => ({
  status: 400,
  'o:errorDetails': [{ detail, 'o:errorCode': code }],
});

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
    expect(toError('query', failureOf(status, answer))).toMatchObject({ name });
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
