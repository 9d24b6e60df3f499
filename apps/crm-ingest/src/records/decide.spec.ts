import type { Source } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../exceptions/exception.ts';
import { crossReferenceOf, decideRecord, type Found, type StoredRecord } from './decide.ts';

interface State {
  readonly lifecycle: string;
  readonly name: string;
  readonly source: Source;
}
const source: Source = {
  system: 'salesforce',
  instance: 'main',
  entity: 'Product2',
  id: 'p1',
  version: null,
  changedAt: null,
};
const subject: Subject = { instance: 'main', objectType: 'product', objectId: 'canonical', recordId: 'p1' };
const state = (change: Partial<State> = {}): State => ({ lifecycle: 'ACTIVE', name: 'One', source, ...change });
const stored = (change: Partial<StoredRecord<State>> = {}): StoredRecord<State> => ({
  recordId: 'p1',
  value: null,
  onTopic: false,
  ...change,
});
const good: Found<State> = { kind: 'record', deleted: false, mapped: { kind: 'mapped', value: state() } };
const deleted: Found<State> = {
  kind: 'record',
  deleted: true,
  mapped: { kind: 'mapped', value: state({ lifecycle: 'DELETED', name: 'As in the bin' }) },
};
const refused = (message = 'why', code: 'unmapped-value' | 'missing-name' = 'unmapped-value'): Found<State> => ({
  kind: 'record',
  deleted: false,
  mapped: { kind: 'refused', problem: { code, field: 'StageName', value: 'X', message } },
});
const published = stored({ value: state(), onTopic: true });

describe('a record that was read', () => {
  it('is published as it is', () => {
    expect(decideRecord(subject, stored(), good)).toEqual({ publish: state(), hold: null });
  });

  it('that cannot be mapped is held out, and the topic keeps what it has', () => {
    expect(decideRecord(subject, published, refused())).toEqual({
      publish: null,
      hold: { kind: 'unmapped-value', message: 'why', details: { recordId: 'p1', field: 'StageName', value: 'X' } },
    });
  });

  it('and was deleted is its last state, told only to those who have seen it', () => {
    expect(decideRecord(subject, stored(), deleted).publish).toBeNull();
    expect(decideRecord(subject, published, deleted).publish).toEqual(state({ lifecycle: 'DELETED' }));
    // The database was lost: the topic has it, nobody here knows how it was.
    expect(decideRecord(subject, stored({ onTopic: true }), deleted).publish).toMatchObject({
      lifecycle: 'DELETED',
      name: 'As in the bin',
    });
  });

  it('and was purged is its last state, and nothing holds it out', () => {
    expect(decideRecord(subject, published, { kind: 'purged' })).toMatchObject({
      publish: { lifecycle: 'DELETED', name: 'One' },
      hold: null,
    });
    expect(decideRecord(subject, stored(), { kind: 'purged' }).publish).toBeNull();
  });

  it('comes back when it is undeleted', () => {
    const gone = stored({ value: state({ lifecycle: 'DELETED' }), onTopic: true });
    expect(decideRecord(subject, gone, good).publish).toEqual(state());
  });
});

describe('the cross-reference of a record', () => {
  it('is retired with it', () => {
    expect(crossReferenceOf(subject, state())).toMatchObject({
      crossReferenceId: 'product|salesforce|main|p1',
      canonicalId: 'canonical',
      status: 'ACTIVE',
    });
    expect(crossReferenceOf(subject, state({ lifecycle: 'DELETED' })).status).toBe('RETIRED');
  });
});
