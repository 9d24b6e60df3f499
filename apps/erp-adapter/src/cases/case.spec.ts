import { describe, expect, it } from 'vitest';
import { caseId, raise, resolve, type Finding, type Subject } from './case.ts';

const subject: Subject = { instance: 'main', objectType: 'invoice', vendorId: '7', objectId: 'canonical' };
const finding: Finding = { kind: 'too-many-decimals', message: 'rate has 11 decimals', details: { field: 'rate' } };
const [monday, tuesday] = ['2026-01-05T10:00:00.000Z', '2026-01-06T10:00:00.000Z'];

describe('a case', () => {
  it('is opened once and stays as it is while the finding is the same', () => {
    const opened = raise(undefined, subject, finding, monday);
    expect(opened).toMatchObject({ status: 'OPEN', raisedAt: monday, details: { field: 'rate', vendorId: '7' } });
    expect(raise(opened!, subject, finding, tuesday)).toBeNull();
  });

  it('keeps its beginning when the finding changes and gets a new one when it comes back', () => {
    const opened = raise(undefined, subject, finding, monday)!;
    const changed = raise(opened, subject, { ...finding, message: 'rate has 12 decimals' }, tuesday);
    expect(changed).toMatchObject({ exceptionId: opened.exceptionId, raisedAt: monday, updatedAt: tuesday });
    const over = resolve(opened, 'corrected', tuesday);
    expect(over).toMatchObject({ status: 'RESOLVED', resolution: 'corrected' });
    expect(raise(over, subject, finding, tuesday)).toMatchObject({
      status: 'OPEN',
      raisedAt: tuesday,
      resolution: null,
    });
  });

  it('is one per object and kind', () => {
    expect(caseId(subject, 'a')).not.toBe(caseId(subject, 'b'));
    expect(caseId(subject, 'a')).not.toBe(caseId({ ...subject, vendorId: '8' }, 'a'));
  });
});
