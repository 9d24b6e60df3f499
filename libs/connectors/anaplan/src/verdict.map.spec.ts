import { describe, expect, it } from 'vitest';
import type { TaskResult } from './vendor-types.ts';
import { fileOutcome, leafResults } from './verdict.map.ts';

const rows = [
  ['391', 'USD', 'Jan 13', '1'],
  ['406', 'USD', 'Jan 13', '2'],
  ['770', 'USD', 'Jan 13', '3'],
];

function result(success: number, failed: number, ignored: number, successful = true): TaskResult {
  const values = [
    'hierarchyName',
    'X',
    'successRowCount',
    `${success}`,
    'failedCount',
    `${failed}`,
    'ignoredCount',
    `${ignored}`,
  ];
  return { objectId: '112', successful, failureDumpAvailable: failed + ignored > 0, details: [{ values }] };
}

describe('the verdict on a file', () => {
  it('is "all loaded" when the counts add up and nothing was refused', () => {
    expect(fileOutcome(rows, 3, result(3, 0, 0), null)).toEqual({
      sent: 3,
      loaded: 3,
      refused: [],
      successful: true,
      byRow: true,
    });
  });

  it('names the refused rows of the dump with their row and reason, failed and ignored alike', () => {
    const dump = [
      ['Error', 'Legal Entity', 'Currency', 'Month', 'Invoices'],
      ['Unknown item: 406', '406', 'USD', 'Jan 13', '2'],
      ['Invalid number', '770', 'USD', 'Jan 13', '3'],
    ];
    expect(fileOutcome(rows, 3, result(1, 1, 1), dump)).toMatchObject({
      loaded: 1,
      refused: [
        { row: 2, cell: '406 / USD / Jan 13', reason: 'Unknown item: 406' },
        { row: 3, cell: '770 / USD / Jan 13', reason: 'Invalid number' },
      ],
    });
  });

  it('takes several errors of one row as one refused row', () => {
    const dump = [['Error'], ['Bad Open', ...(rows[1] ?? [])], ['Bad Invoiced', ...(rows[1] ?? [])]];
    expect(fileOutcome(rows, 3, result(2, 1, 0), dump)).toMatchObject({
      loaded: 2,
      refused: [{ row: 2, reason: 'Bad Open; Bad Invoiced' }],
    });
  });

  it.each([
    ['rows are missing from the counts', result(2, 0, 0), null],
    ['rows were refused and the dump does not name them', result(2, 0, 1), null],
    ['the dump names a row that was not sent', result(2, 0, 1), [['Error'], ['Unknown', '999', 'USD', 'Jan 13', '1']]],
    ['there are no counts', { successful: true, failureDumpAvailable: false }, null],
  ])('takes no row as loaded when %s', (_case, verdict, dump) => {
    const outcome = fileOutcome(rows, 3, verdict, dump);
    expect([outcome.loaded, outcome.refused.length, outcome.byRow]).toEqual([0, 3, false]);
    expect(outcome.refused[0]?.reason).toContain('does not add up');
  });

  it('takes no row as loaded when the import failed or the task was cancelled', () => {
    expect(fileOutcome(rows, 3, result(3, 0, 0, false), null)).toMatchObject({ loaded: 0, successful: false });
    expect(fileOutcome(rows, 3, null, null)).toMatchObject({ loaded: 0, successful: false });
  });
});

it('the results of a process are read at every level', () => {
  const leaf = result(1, 0, 0);
  const group = { successful: true, failureDumpAvailable: false, nestedResults: [leaf] };
  expect(leafResults({ ...group, nestedResults: [group, leaf] })).toEqual([leaf, leaf]);
});
