import type { ChangeEvent } from '@tieout/connector-salesforce';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';

const committedAt = new Date('2026-01-31T10:00:00.400Z');
const ID = '0015g0000000001AAA';
const event = (change: Partial<ChangeEvent> = {}): ChangeEvent => ({
  entity: 'Account',
  recordIds: [ID],
  changeType: 'CREATE',
  committedAt,
  changedFields: [],
  contractId: null,
  ...change,
});

describe('a change event asks', () => {
  it.each(['CREATE', 'DELETE', 'UNDELETE', 'GAP_CREATE', 'GAP_UPDATE', 'GAP_DELETE', 'GAP_UNDELETE'] as const)(
    'for its records on %s',
    (changeType) => {
      const verdict = judge(event({ changeType, recordIds: [ID, '0015g0000000002AAA'] }));
      expect(verdict).toMatchObject({ kind: 'read', gap: changeType.startsWith('GAP_'), committedAt });
      expect(verdict).toMatchObject({ ids: [ID, '0015g0000000002AAA'] });
    },
  );

  it.each([
    [['Name', 'LastModifiedDate'], 'read'],
    [['BillingAddress.City'], 'read'],
    [['NumberOfEmployees', 'LastModifiedDate'], 'unchanged-fields'],
    [['LastModifiedDate'], 'unchanged-fields'],
    [[], 'read'],
  ])('of an UPDATE of %j: %s', (changedFields, kind) => {
    expect(judge(event({ changeType: 'UPDATE', changedFields })).kind).toBe(kind);
  });

  it.each([
    [event({ changeType: 'GAP_OVERFLOW', recordIds: [] }), 'Account', 'gap-overflow', committedAt.toISOString()],
    [event({ changeType: 'GAP_UPDATE', recordIds: [ID, '001*'] }), 'Account', 'wildcard', committedAt.toISOString()],
    [event({ changeType: 'UPDATE', recordIds: [] }), 'Account', 'wildcard', committedAt.toISOString()],
    [event({ recordIds: ['0015g0000000001AAB'] }), 'Account', 'wildcard', committedAt.toISOString()],
    [{ unreadable: 'bytes' }, null, 'unreadable', null],
  ])('for a listing when it does not name records: %j', (given, entity, reason, from) => {
    expect(judge(given)).toEqual({ kind: 'sweep', entity, reason, from });
  });

  it('for nothing when nobody here knows its entity', () => {
    expect(judge(event({ entity: 'Quote', changeType: 'GAP_OVERFLOW' }))).toEqual({
      kind: 'unknown-entity',
      entity: 'Quote',
    });
  });
});
