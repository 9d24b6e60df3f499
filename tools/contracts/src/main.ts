import { resolve } from 'node:path';
import { Command } from 'commander';
import { applyContracts, writeBundle } from './apply.ts';
import { checkContracts, describeFinding } from './check.ts';
import { readContractFiles } from './contracts.ts';
import { describeChange } from './describe-plan.ts';
import { generatedFiles, staleFiles, writeGenerated } from './generate.ts';
import { readRepartition, repartition, type RepartitionArguments } from './repartition.ts';
import { releaseFiles, writeRelease } from './release.ts';
import { readSubscriptions } from './subscriptions.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SCHEMAS = resolve(ROOT, 'schemas');
const program = new Command('contracts').description('The data contracts: generate, check, release, apply');

program
  .command('generate')
  .description('write types and reference pages from schemas/')
  .option('--check', 'write nothing, fail when a generated file is stale')
  .action((options: { check?: boolean }) => {
    const files = generatedFiles(readContractFiles(SCHEMAS));
    if (options.check !== true) return writeGenerated(ROOT, files).forEach((path) => console.log(`wrote ${path}`));
    const stale = staleFiles(ROOT, files);
    stale.forEach((path) => console.error(`stale: ${path} (run npm run generate)`));
    if (stale.length > 0) process.exitCode = 1;
  });

program
  .command('check')
  .description('prove every rule of the contracts, offline')
  .action(() => {
    const findings = checkContracts(readContractFiles(SCHEMAS), readSubscriptions(ROOT));
    findings.forEach((finding) => console.error(describeFinding(finding)));
    if (findings.length > 0) process.exitCode = 1;
    else console.log('contracts: every rule holds');
  });

program
  .command('release')
  .description('freeze schemas that are newer than their last release; refuses while a rule is broken')
  .action(() => {
    const files = readContractFiles(SCHEMAS);
    const findings = checkContracts(files);
    if (findings.length > 0) throw new Error(findings.map(describeFinding).join('\n'));
    const released = releaseFiles(files);
    writeRelease(SCHEMAS, released);
    [...released.keys()].forEach((name) => console.log(`wrote schemas/${name}`));
    if (released.size === 0) console.log('nothing to release');
  });

interface ApplyArguments {
  readonly brokers: string;
  readonly registry: string;
  readonly dryRun?: boolean;
  readonly bundle?: string;
  readonly json?: boolean;
}

program
  .command('apply')
  .description('create topics and register schemas; prints the plan, changes nothing when one of them is refused')
  .requiredOption('--brokers <list>', 'host:port of the brokers, separated by commas')
  .requiredOption('--registry <url>', 'Confluent-compatible registry API')
  .option('--dry-run', 'only print the plan')
  .option('--bundle <file>', 'write the id bundle of the environment')
  .option('--json', 'print the result as JSON')
  .action(async (options: ApplyArguments) => {
    const dryRun = options.dryRun === true;
    const { plan, bundle } = await applyContracts({
      brokers: options.brokers.split(','),
      registry: { url: options.registry },
      dryRun,
    });
    if (bundle !== null && options.bundle !== undefined) writeBundle(options.bundle, bundle);
    if (options.json === true) return console.log(JSON.stringify({ dryRun, plan }, null, 2));
    plan.forEach((change) => console.log(`${dryRun ? 'would ' : ''}${describeChange(change)}`));
    console.log(plan.length === 0 ? 'nothing to change' : `${plan.length} changes${dryRun ? ' planned' : ''}`);
  });

program
  .command('repartition')
  .description('raise the number of partitions of a live topic and keep the order of its keys; safe to repeat')
  .argument('<topic>')
  .argument('<partitions>', 'how many it shall have')
  .requiredOption('--brokers <list>', 'host:port of the brokers, separated by commas')
  .requiredOption('--producer <service=url#schema...>', 'every service that publishes the topic, with its database')
  .option('--patience <seconds>', 'how long relays and consumers may take before everything stays as it was', '300')
  .action(async (topic: string, partitions: string, options: RepartitionArguments) => {
    const raisedAt = await repartition(readRepartition(topic, partitions, options), (step) => console.log(step));
    console.log(`ends before: ${[...raisedAt].map(([partition, offset]) => `${partition}:${offset}`).join(' ')}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
