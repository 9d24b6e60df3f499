import { expect, it } from 'vitest';
import { sameVersions } from './reading.ts';

const version = (id: string, name: string, isActual = false) => ({ id, name, isActual, isCurrent: false });
const [budget, forecast] = [version('107000000003', 'Budget'), version('107000000002', 'Forecast')];

it('versions are the same in whatever order, and whichever is the current one', () => {
  expect(sameVersions([budget, forecast], [forecast, { ...budget, isCurrent: true }])).toBe(true);
});

it.each([
  ['came', [budget, forecast, version('107000000004', 'Stretch')]],
  ['went', [budget]],
  ['got another name', [budget, version('107000000002', 'Outlook')]],
  ['swapped their names', [version('107000000003', 'Forecast'), version('107000000002', 'Budget')]],
  ['became actuals', [budget, version('107000000002', 'Forecast', true)]],
  ['was replaced under its name', [version('107000000009', 'Budget'), forecast]],
])('versions are not the same when one %s', (_what, after) => {
  expect(sameVersions([budget, forecast], after)).toBe(false);
});
