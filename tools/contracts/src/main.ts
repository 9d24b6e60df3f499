import { resolve } from 'node:path';
import { Command } from 'commander';
import { parseContracts, readContractFiles } from './contracts.ts';
import { generatedFiles, staleFiles, writeGenerated } from './generate.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SCHEMAS = resolve(ROOT, 'schemas');
const program = new Command('contracts').description('The data contracts: generate, check, release, apply');

program
  .command('generate')
  .description('write types and reference pages from schemas/')
  .option('--check', 'write nothing, fail when a generated file is stale')
  .action((options: { check?: boolean }) => {
    const files = generatedFiles(parseContracts(readContractFiles(SCHEMAS)));
    if (options.check !== true) return writeGenerated(ROOT, files).forEach((path) => console.log(`wrote ${path}`));
    const stale = staleFiles(ROOT, files);
    stale.forEach((path) => console.error(`stale: ${path} (run npm run generate)`));
    if (stale.length > 0) process.exitCode = 1;
  });

await program.parseAsync();
