import { describe, expect, it } from 'vitest';
import { compareThreeWays, confirmedWrite, type OwnedFields } from './three-way.ts';

const fields = (entityId: string, companyName: string, vatRegNumber = ''): OwnedFields => ({
  entityId,
  companyName,
  vatRegNumber,
});

describe('three-way compare', () => {
  it('writes what is new with us and untouched there', () => {
    const result = compareThreeWays(fields('1', 'Old'), fields('1', 'Old'), fields('1', 'New'));
    expect(result).toMatchObject({ write: { companyName: 'New' }, foreign: [], written: { companyName: 'New' } });
  });

  it('reports what somebody else changed, leaves it, and still writes the other fields', () => {
    const result = compareThreeWays(fields('1', 'Old'), fields('1', 'Theirs'), fields('2', 'New'));
    expect(result.write).toEqual({ entityId: '2' });
    expect(result.foreign).toEqual([{ field: 'companyName', theirs: 'Theirs', ours: 'New' }]);
    // What we wrote last stays what we wrote last, so the finding lasts until it is taken back.
    expect(result.written).toEqual(fields('2', 'Old'));
  });

  it('finds nothing to do when somebody else already wrote what we want', () => {
    const result = compareThreeWays(fields('1', 'Old'), fields('1', 'New'), fields('1', 'New'));
    expect(result).toEqual({ write: {}, foreign: [], written: fields('1', 'New') });
  });

  it('takes over a record that it has never written', () => {
    expect(compareThreeWays(null, fields('1', 'Theirs'), fields('1', 'Ours'))).toMatchObject({
      write: { companyName: 'Ours' },
      foreign: [],
    });
  });
});

describe('a write whose answer was lost', () => {
  it('is ours and no foreign edit when the CRM has moved on since', () => {
    const theirs = fields('1', 'Second');
    const last = confirmedWrite(fields('1', 'First'), { companyName: 'Second' }, theirs);
    expect(compareThreeWays(last, theirs, fields('1', 'Third'))).toEqual({
      write: { companyName: 'Third' },
      foreign: [],
      written: fields('1', 'Third'),
    });
  });

  it('does not make an edit of somebody else ours', () => {
    const theirs = fields('1', 'Theirs');
    const last = confirmedWrite(fields('1', 'First'), { companyName: 'Second' }, theirs);
    expect(compareThreeWays(last, theirs, fields('1', 'Third')).foreign).toHaveLength(1);
    expect(confirmedWrite(null, { companyName: 'Second' }, theirs)).toBeNull();
  });
});
