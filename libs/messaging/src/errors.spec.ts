import { describe, expect, it } from 'vitest';
import { DataError, errorKind, MisconfiguredError, TransientError } from './errors.ts';

const withCode = (code: string): Error => Object.assign(new Error(code), { code });

describe('what the caller should do about an error', () => {
  it.each([
    [new TransientError('x', 'x'), 'transient'],
    [new DataError('x', 'x'), 'data'],
    [new MisconfiguredError('x', 'x'), 'misconfigured'],
    [withCode('57P01'), 'transient'], // admin_shutdown
    [withCode('40P01'), 'transient'], // deadlock_detected
    [withCode('55P03'), 'transient'], // lock_not_available
    [withCode('08006'), 'transient'], // connection_failure
    [withCode('57014'), 'transient'], // query_canceled: our own statement timeout
    [withCode('EHOSTUNREACH'), 'transient'],
    [withCode('ECONNRESET'), 'transient'],
    [Object.assign(new Error('query failed'), { driverError: withCode('53300') }), 'transient'], // too_many_connections
    [new Error('Query runner already released. Cannot run queries anymore.'), 'transient'],
    [withCode('23505'), 'bug'], // unique_violation
    [withCode('22P02'), 'bug'], // invalid_text_representation
    [new TypeError('undefined is not a function'), 'bug'],
    ['thrown text', 'bug'],
    [null, 'bug'],
  ])('%s is %s', (error, kind) => {
    expect(errorKind(error)).toBe(kind);
  });
});
