import { describe, expect, it } from 'vitest';
import { isRecordId } from './record-id.ts';

describe('a record id', () => {
  it.each(['0015g0000000001AAA', '001D000000IRFma', '001D000000IRFmaIAH'])('is %s', (id) => {
    expect(isRecordId(id)).toBe(true);
  });
  it.each(['', '001*', '0015g0000000001AAB', '001D000000IRFmaIA', "001' OR Id != '", '0015g00000000\u00e91AAA'])(
    'is not %j',
    (text) => {
      expect(isRecordId(text)).toBe(false);
    },
  );
});
