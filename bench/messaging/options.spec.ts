import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

it('has sizes that fit a run of some minutes', () => {
  expect(parseOptions([])).toMatchObject({ events: 300_000, rounds: 3, timeScale: 1, only: [], check: false });
});

it('takes several scenarios by the beginning of their names', () => {
  expect(parseOptions(['--only', 'consume,publish/tieout', '--events', '6000']).only).toEqual([
    'consume',
    'publish/tieout',
  ]);
});

it.each([['--rounds', '0'], ['--events', 'many'], ['--no-such-option']])('refuses %s %s', (...args) => {
  expect(() => parseOptions(args)).toThrow();
});
