import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkExpressions, checkRules, promtoolProblem } from './promtool.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'tieout-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
const missing = promtoolProblem(false);

// CI installs it (npm run monitoring -- rules --install); on other machines the rules are checked where it is.
describe.skipIf(missing !== null)('promtool', () => {
  it('finds our configuration and rules in order, and an alert that does not fire any more', () => {
    const ours = path.join(ROOT, 'deploy/prometheus');
    expect(checkRules(ours).filter(({ ok }) => !ok)).toEqual([]);

    cpSync(ours, folder, { recursive: true });
    const rules = path.join(folder, 'alerts.yaml');
    writeFileSync(rules, readFileSync(rules, 'utf8').replace('up{job="tieout"} == 0', 'up{job="tieout"} == 2'));
    expect(checkRules(folder).map(({ ok }) => ok)).toEqual([true, false]);
  }, 120_000);

  it('finds an expression that nobody could draw', () => {
    expect(checkExpressions(['sum(rate(tieout_x_total[$__rate_interval]))']).ok).toBe(true);
    expect(checkExpressions(['sum(rate(tieout_x_total)']).ok).toBe(false);
  });
});

describe('a missing promtool', () => {
  it('is named with the package that has it', () => {
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      expect(promtoolProblem(false)).toContain('apt-get install prometheus');
      expect(promtoolProblem(true)).toContain('apt-get update');
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
