import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { boundOf, judge, type Target, unitText } from './judge.ts';
import type { Result } from './measurement.ts';
import type { CommonOptions } from './options.ts';
import { documentOf, type Page } from './report/document.ts';
import { thisMachine } from './report/machine.ts';
import type { Listener, Run } from './rounds.ts';

export interface Benchmark<Options extends CommonOptions> {
  readonly usage: string;
  parse(args: readonly string[]): Options;
  run(options: Options, listener: Listener): Promise<Run>;
  readonly targets: readonly Target[];
  readonly page: Page;
  /** The servers that took part, as the page names them. */
  readonly servers: string;
  /** The options that say how large it was, as one would type them. */
  sizes(options: Options): string;
  /** SVG. */
  plot(results: readonly Result[]): string;
}

/** `npm run bench -- <benchmark> [options]`. @returns the exit code */
export async function runBenchmark<Options extends CommonOptions>(
  benchmark: Benchmark<Options>,
  args: readonly string[],
): Promise<number> {
  const options = benchmark.parse(args);
  if (options.help) {
    console.log(benchmark.usage);
    return 0;
  }
  const outcome =
    options.from === null
      ? await measure(benchmark, options)
      : { results: options.from.flatMap(readResults), notes: [] };
  print(outcome, benchmark.targets);
  writeResults(options.json, outcome);
  if (options.document !== null) writeDocument(benchmark, options, options.document, outcome);
  const isMissed = judge(outcome.results, benchmark.targets).some(({ verdict }) => verdict === 'missed');
  return options.check && isMissed ? 1 : 0;
}

function measure<Options extends CommonOptions>({ run }: Benchmark<Options>, options: Options): Promise<Run> {
  const started = performance.now();
  return run(options, {
    log: (message) => console.log(`${((performance.now() - started) / 1_000).toFixed(1).padStart(6)} s  ${message}`),
    measured: (soFar) => writeResults(options.json, soFar),
  });
}

function writeResults(file: string | null, { results }: Run): void {
  if (file !== null) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function readResults(file: string): Result[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Result[];
}

function print({ results, notes }: Run, targets: readonly Target[]): void {
  console.log('');
  for (const { subject, metric, unit, median, min, max } of results)
    console.log(`${metric.padEnd(50)} ${subject.padEnd(42)} ${String(median).padStart(9)} ${unit} (${min} - ${max})`);
  console.log('');
  for (const { target, measured, verdict } of judge(results, targets)) {
    const value = measured === null ? '' : `${Number(measured.toPrecision(3))}${unitText(target.unit)}`;
    console.log(`${verdict.padEnd(12)} ${target.what.padEnd(70)} ${boundOf(target).padEnd(18)} ${value}`);
  }
  for (const note of notes) console.log(`not measured: ${note}`);
}

function writeDocument<Options extends CommonOptions>(
  { page, plot, servers, sizes, targets }: Benchmark<Options>,
  options: Options,
  file: string,
  { results, notes }: Run,
): void {
  const image = file.replace(/\.md$/, '.svg');
  const command = `npm run bench -- ${page.name} ${sizes(options)}`;
  writeFileSync(image, plot(results));
  const facts = { machine: thisMachine(new Date(), servers), notes, plotFile: basename(image), command, targets };
  writeFileSync(file, documentOf(page, results, facts));
}
