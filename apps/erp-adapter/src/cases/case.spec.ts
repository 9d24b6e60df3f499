import { derivedId } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { caseOf, examination, SERVICE, type Finding, type Subject } from './case.ts';

const subject: Subject = { instance: 'main', objectType: 'invoice', vendorId: '7', objectId: 'canonical' };
const finding: Finding = { kind: 'too-many-decimals', message: 'rate has 11 decimals', details: { field: 'rate' } };
const options = { kinds: ['too-many-decimals'], resolution: 'corrected' };

describe('an examination', () => {
  it('says what was looked at and what was found about it', () => {
    const other = { ...subject, vendorId: '8', objectId: 'other' };
    const examined = [
      { subject, finding },
      { subject: other, finding: null },
    ];
    expect(examination(examined, options)).toEqual({
      ...options,
      objects: [
        { objectType: 'invoice', objectId: 'canonical' },
        { objectType: 'invoice', objectId: 'other' },
      ],
      subjects: ['main|invoice|7', 'main|invoice|8'],
      found: [
        {
          ...{ kind: 'too-many-decimals', subject: 'main|invoice|7', objectType: 'invoice', objectId: 'canonical' },
          message: 'rate has 11 decimals',
          details: { field: 'rate', vendorId: '7', instance: 'main' },
        },
      ],
    });
  });

  it('takes what was said last of an object', () => {
    const twice = [
      { subject, finding },
      { subject, finding: null },
    ];
    expect(examination(twice, options).found).toEqual([]);
  });
});

describe('a case', () => {
  it('is one per object and kind, under the ids that were published so far', () => {
    const { kind, subject: about } = caseOf(subject, 'too-many-decimals');
    expect(derivedId(`${SERVICE}/${kind}`, about)).toBe('ad919fc1-0291-5387-87f1-74d0eb59226d');
    expect(caseOf({ ...subject, vendorId: '8' }, 'a').subject).not.toBe(about);
  });
});
