import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

// With CI set, the TypeScript parser assumes that files never change and reads them from disk, not from what it is given.
process.env['TSESTREE_SINGLE_RUN'] = 'false';

const root = path.resolve(import.meta.dirname, '../../..');
const eslint = new ESLint({ cwd: root });

/** Lints an existing file of the tree with an import put before its text; answers the rules that refused it. */
async function refusedBy(file: string, line: string): Promise<string[]> {
  const text = `${line}\n${readFileSync(path.join(root, file), 'utf8')}`;
  const [result] = await eslint.lintText(text, { filePath: path.join(root, file) });
  return (result?.messages ?? []).filter(({ line: at }) => at === 1).map(({ ruleId }) => ruleId ?? '');
}

const money = 'libs/canonical/src/money.ts';
const mapping = 'libs/connectors/netsuite/src/invoice.map.ts';
const checks = 'apps/reconciliation/src/checks/cells.ts';

// The boundary rule does nothing until Nx has drawn its graph of the projects.
beforeAll(() => {
  execFileSync('npx', ['nx', 'show', 'projects'], { cwd: root, env: { ...process.env, NX_DAEMON: 'false' } });
}, 60_000);

describe('the linter refuses', () => {
  it.each([
    ['canonical depending on a library', money, "import zod from 'zod';", 'no-restricted-imports'],
    [
      'canonical depending on messaging',
      money,
      "import { Outbox } from '@tieout/messaging';",
      '@nx/enforce-module-boundaries',
    ],
    [
      'platform depending on a connector',
      'libs/platform/src/health.ts',
      "import { netsuite } from '@tieout/connector-netsuite';",
      '@nx/enforce-module-boundaries',
    ],
    ['a mapping that reads a database', mapping, "import pg from 'pg';", '@typescript-eslint/no-restricted-imports'],
    [
      'a mapping that speaks to Kafka',
      mapping,
      "import { Kafka } from 'kafkajs';",
      '@typescript-eslint/no-restricted-imports',
    ],
    [
      'a check that reaches outside through its neighbour',
      checks,
      "import { x } from '../runs.store.ts';",
      '@typescript-eslint/no-restricted-imports',
    ],
    ['a check that looks at the clock', checks, 'export const now = new Date();', 'no-restricted-syntax'],
    ['a check that reads the environment', checks, "export const url = process.env['URL'];", 'no-restricted-syntax'],
    [
      'another project by a deep import',
      mapping,
      "import { add } from '../../../canonical/src/money.ts';",
      '@nx/enforce-module-boundaries',
    ],
  ])(
    '%s',
    async (_, file, line, rule) => {
      expect(await refusedBy(file, line)).toContain(rule);
    },
    60_000,
  );

  it('nothing that is allowed', async () => {
    expect(
      await refusedBy(mapping, "import { add as allowed } from '@tieout/canonical';\nexport { allowed };"),
    ).toEqual([]);
  }, 60_000);
});
