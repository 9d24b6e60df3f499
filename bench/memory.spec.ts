import { expect, it } from 'vitest';
import { summary } from './memory.ts';

it('compares the halves after the first fifth', () => {
  const rising = Array.from({ length: 100 }, (_, n) => (n < 20 ? 1_000 : n < 60 ? 100 : 150));
  expect(summary(rising)).toEqual({ growth: 1.5, maxMiB: 150 });
});

it('says nothing of a few samples', () => {
  expect(summary([1, 2, 3])).toEqual({ growth: null, maxMiB: 3 });
  expect(summary([])).toEqual({ growth: null, maxMiB: null });
});
