import { errorKind } from '@tieout/messaging';
import { describe, expect, it } from 'vitest';
import { failureOf, toError } from './failure.client.ts';

describe('a failed call says what to do', () => {
  it.each([
    [403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }], 'transient'],
    [400, [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: '' }], 'transient'],
    [503, null, 'transient'],
    [429, { html: 'proxy' }, 'transient'],
    [401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }], 'misconfigured'],
    [400, { error: 'invalid_grant', error_description: "user hasn't approved this consumer" }, 'misconfigured'],
    [400, [{ errorCode: 'INVALID_FIELD', message: "No such column 'Tax_Id__c'" }], 'misconfigured'],
    [403, null, 'misconfigured'],
    [400, [{ errorCode: 'STRING_TOO_LONG', message: 'Name' }], 'data'],
    [404, [{ errorCode: 'NOT_FOUND', message: '' }], 'misconfigured'],
    [409, null, 'data'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(errorKind(toError('query', failureOf(status, body)))).toBe(kind);
  });
});
