import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

it('plants ten worlds when it is told nothing', () => {
  expect(parseOptions([])).toMatchObject({ seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], items: 2000, receivables: null });
});

it('takes the seeds it is given', () => {
  expect(parseOptions(['--seeds', '7,42', '--items', '300'])).toMatchObject({ seeds: [7, 42], items: 300 });
});

it.each([['--seeds', '1,,2'], ['--seeds', '1.5'], ['--items', '0'], ['--items', 'many'], ['--no-such-option']])(
  'refuses %s %s',
  (...args) => {
    expect(() => parseOptions(args)).toThrow();
  },
);
