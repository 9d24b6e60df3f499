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
  held: null,
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
const [monday, tuesday] = ['2026-01-05T10:00:00.000Z', '2026-01-06T10:00:00.000Z'];
const published = stored({ value: state(), onTopic: true });

describe('a record that was read', () => {
  it('is published as it is', () => {
    expect(decideRecord(subject, stored(), good, monday)).toEqual({ publish: state(), held: null, exceptions: [] });
  });

  it('that cannot be mapped is one case until it can, and the topic keeps what it has', () => {
    const first = decideRecord(subject, published, refused(), monday);
    expect(first.publish).toBeNull();
    expect(first.exceptions).toMatchObject([
      {
        kind: 'unmapped-value',
        status: 'OPEN',
        objectType: 'product',
        raisedAt: monday,
        details: { recordId: 'p1', field: 'StageName', value: 'X' },
      },
    ]);
    const held = stored({ ...published, held: first.held });
    expect(decideRecord(subject, held, refused(), tuesday)).toMatchObject({ exceptions: [], held: { since: monday } });
    expect(decideRecord(subject, held, refused('other words'), tuesday).exceptions).toMatchObject([
      { exceptionId: first.exceptions[0]!.exceptionId, status: 'OPEN', raisedAt: monday, updatedAt: tuesday },
    ]);
    expect(
      decideRecord(subject, held, refused('x', 'missing-name'), tuesday).exceptions.map((e) => [e.kind, e.status]),
    ).toEqual([
      ['unmapped-value', 'RESOLVED'],
      ['missing-name', 'OPEN'],
    ]);
    expect(decideRecord(subject, held, good, tuesday)).toMatchObject({
      publish: state(),
      held: null,
      exceptions: [{ exceptionId: first.exceptions[0]!.exceptionId, status: 'RESOLVED' }],
    });
  });

  it('and was deleted is its last state, told only to those who have seen it', () => {
    expect(decideRecord(subject, stored(), deleted, monday).publish).toBeNull();
    expect(decideRecord(subject, published, deleted, monday).publish).toEqual(state({ lifecycle: 'DELETED' }));
    // The database was lost: the topic has it, nobody here knows how it was.
    expect(decideRecord(subject, stored({ onTopic: true }), deleted, monday).publish).toMatchObject({
      lifecycle: 'DELETED',
      name: 'As in the bin',
    });
  });

  it('and was purged is its last state, and its case is over', () => {
    const { held } = decideRecord(subject, published, refused(), monday);
    expect(decideRecord(subject, { ...published, held }, { kind: 'purged' }, tuesday)).toMatchObject({
      publish: { lifecycle: 'DELETED', name: 'One' },
      held: null,
      exceptions: [{ status: 'RESOLVED' }],
    });
    expect(decideRecord(subject, stored(), { kind: 'purged' }, tuesday).publish).toBeNull();
  });

  it('comes back when it is undeleted', () => {
    const gone = stored({ value: state({ lifecycle: 'DELETED' }), onTopic: true });
    expect(decideRecord(subject, gone, good, monday).publish).toEqual(state());
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
