/** `npm run monitoring -- …`: alert rules, dashboards and the reference of the configuration as files. */
import path from 'node:path';
import { Command } from 'commander';
import { dashboardExpressions } from './expressions.ts';
import { generatedFiles, stale, write } from './generate.ts';
import { checkExpressions, checkRules, promtoolProblem } from './promtool.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

const program = new Command('npm run monitoring --').description(
  'Alert rules, scrape targets, dashboards and the reference of the configuration as files.',
);

program
  .command('generate')
  .description('writes the dashboards, the scrape targets of docker compose and the reference of the configuration')
  .option('--check', 'writes nothing; fails when a file is not as it would be written', false)
  .action(async ({ check }: { check: boolean }) => {
    const files = await generatedFiles();
    if (!check) return write(ROOT, files);
    const old = stale(ROOT, files);
    for (const file of old) console.error(`${file} is not as generated: npm run generate`);
    if (old.length > 0) process.exitCode = 1;
  });

program
  .command('rules')
  .description('has promtool check the configuration, the rules and the panels, and run the tests of the rules')
  .option('--install', 'fetches promtool with apt-get when it is missing (needs root)', false)
  .action(async ({ install }: { install: boolean }) => {
    const problem = promtoolProblem(install);
    if (problem !== null) {
      console.error(problem);
      process.exitCode = 1;
      return;
    }
    const dashboards = [...(await generatedFiles())]
      .filter(([file]) => file.endsWith('.json'))
      .map(([, content]) => JSON.parse(content) as unknown);
    const verdicts = [
      ...checkRules(path.join(ROOT, 'deploy/prometheus')),
      checkExpressions(dashboardExpressions(dashboards)),
    ];
    for (const { name, ok, output } of verdicts)
      console.info(`${ok ? 'ok    ' : 'FAILED'}  ${name}${ok ? '' : `\n${output}`}`);
    if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1;
  });

await program.parseAsync();
