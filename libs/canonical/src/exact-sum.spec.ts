import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactSum } from './exact-sum.ts';
import { fromUnits, sum } from './money.ts';

const total = (amounts: readonly string[]): string => {
  const exact = new ExactSum();
  for (const amount of amounts) exact.add(amount);
  return exact.value;
};

describe('an exact sum', () => {
  it('is the sum of money.ts, whatever the scales and lengths', () => {
    const amount = fc.oneof(
      fc.tuple(fc.bigInt(-(10n ** 6n), 10n ** 6n), fc.nat(6)).map(([units, scale]) => fromUnits(units, scale)),
      fc.tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.nat(10)).map(([units, scale]) => fromUnits(units, scale)),
    );
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        expect(total(amounts)).toBe(sum(amounts));
      }),
    );
  });

  it('stays exact beyond 2^53', () => {
    expect(total(Array.from({ length: 100_000 }, () => '9999999999.9'))).toBe(fromUnits(99_999_999_999n * 100_000n, 1));
    expect(total(Array.from({ length: 50_000 }, () => '999999999999'))).toBe(fromUnits(999_999_999_999n * 50_000n, 0));
  });

  it('takes what a source may write and refuses what is no number', () => {
    expect(total(['+1', '1e2', '0.10', '-0'])).toBe('101.1');
    for (const text of ['', '-', '.5', '5.', '1.2.3', '1,5', ' 1', 'NaN', '٣'])
      expect(() => total([text]), text).toThrow('decimal');
  });
});
