import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { withoutVariables } from './expressions.ts';

const HOW = 'promtool is missing. Debian and Ubuntu have it in a package: apt-get install prometheus';

/** Whether promtool can be called; with `install`, and as root on Debian, it is fetched first. @returns what to do, or null */
export function promtoolProblem(install: boolean): string | null {
  if (isThere()) return null;
  if (!install) return HOW;
  for (const command of ['update', 'install']) {
    const rest = command === 'install' ? ['--yes', '--no-install-recommends', 'prometheus'] : [];
    const { status, error } = spawnSync('apt-get', [command, ...rest], { stdio: 'ignore' });
    if (status !== 0) return `${HOW} (apt-get ${command}: ${error?.message ?? `exit code ${String(status)}`})`;
  }
  return isThere() ? null : HOW;
}

const isThere = (): boolean => spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0;

export interface Verdict {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
}

/** Configuration and rules are well-formed, and every alert fires and rests as its tests say. */
export function checkRules(folder: string): Verdict[] {
  const file = (name: string): string => path.join(folder, name);
  return [
    promtool('configuration', ['check', 'config', file('prometheus.yml')]),
    promtool('tests of the rules', ['test', 'rules', file('alerts.test.yaml')]),
  ];
}

/** Expressions that people would see as errors in a panel: promtool parses them as if they were rules. */
export function checkExpressions(expressions: readonly string[]): Verdict {
  const folder = mkdtempSync(path.join(tmpdir(), 'tieout-promql-'));
  try {
    const file = path.join(folder, 'expressions.yaml');
    const rules = expressions.map((expr, n) => ({ record: `panel:${n}`, expr: withoutVariables(expr) }));
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    return promtool('expressions of the dashboards', ['check', 'rules', file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function promtool(name: string, args: readonly string[]): Verdict {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { name, ok: status === 0, output: `${stdout}${stderr}`.trim() };
}
