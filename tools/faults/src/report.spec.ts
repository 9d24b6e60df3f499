import { expect, it } from 'vitest';
import { merge, parseRows } from './report.ts';
import type { Result } from './run.ts';

const result = (id: string, seed: number, how: 'held' | 'broken' = 'held', note = ''): Result => ({
  ...{ id, title: `What ${id} does.`, promises: ['P1', 'P2'], seeds: [seed], result: how, note, seconds: 12.3 },
  failed: how === 'broken',
});
const text = (rows: ReturnType<typeof merge>) => rows.map(({ cells }) => `| ${cells.join(' | ')} |`).join('\n');

it('keeps the rows of scenarios that did not run, and sorts by id', () => {
  const before = merge([], [result('F12', 1), result('F04', 1)], 'abc');
  const after = merge(parseRows(text(before)), [result('F10', 2)], 'def');
  expect(after.map(({ id, cells }) => [id, cells[3], cells[6]])).toEqual([
    ['F04', '1', 'abc'],
    ['F10', '2', 'def'],
    ['F12', '1', 'abc'],
  ]);
});

it('adds the seeds that held at one commit, and lets a broken run stand alone', () => {
  const seeds = (...runs: [Result, string][]): string | undefined =>
    runs.reduce<ReturnType<typeof merge>>((rows, [one, commit]) => merge(parseRows(text(rows)), [one], commit), [])[0]
      ?.cells[3];
  expect(seeds([result('F04', 1), 'abc'], [result('F04', 2), 'abc'])).toBe('1, 2');
  expect(seeds([result('F04', 1), 'abc'], [result('F04', 2), 'def'])).toBe('2');
  expect(seeds([result('F04', 1), 'abc'], [result('F04', 2, 'broken', 'lost'), 'abc'])).toBe('2');
});
