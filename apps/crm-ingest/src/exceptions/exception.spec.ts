import { derivedId } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { examination, exceptionOf, type Subject } from './exception.ts';

const subject: Subject = { instance: 'main', objectType: 'product', objectId: 'canonical', recordId: 'p1' };
const hold = { kind: 'unmapped-value', message: 'why', details: { field: 'Family' } };

describe('the case of a record that is held out', () => {
  it('is one per record and kind, under the ids that were published so far', () => {
    const { kind, subject: about, objectType, objectId } = exceptionOf(subject, hold);
    expect([about, objectType, objectId]).toEqual(['main/p1', 'product', 'canonical']);
    expect(derivedId(`crm-ingest/${kind}`, about)).toBe('97ef24e7-e2e5-5cc1-a0f1-4c674eafd962');
  });

  it('is over when its record was looked at and nothing holds it out', () => {
    const free = { ...subject, recordId: 'p2', objectId: 'other' };
    const looked = examination(
      [
        { subject, hold },
        { subject: free, hold: null },
      ],
      ['unmapped-value'],
    );
    expect(looked.objects.map(({ objectId }) => objectId)).toEqual(['canonical', 'other']);
    expect(looked.found).toEqual([exceptionOf(subject, hold)]);
    expect(looked.resolution).toContain('product');
  });
});
