import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Result } from './measurement.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { parts } from './parts.ts';
import { documentOf } from './report/document.ts';
import { thisMachine } from './report/machine.ts';
import { plot } from './report/plot.ts';
import { CHARTS } from './report/charts.ts';
import { run, type Run } from './run.ts';
import { boundOf, judge, unitText } from './targets.ts';

/** `npm run bench -- messaging`: see USAGE. @returns the exit code */
export async function messaging(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const outcome =
    options.from === null ? await measure(options) : { results: options.from.flatMap(readResults), notes: [] };
  print(outcome);
  writeResults(options.json, outcome);
  if (options.document !== null) writeDocument(options.document, outcome, options);
  const isMissed = judge(outcome.results).some(({ verdict }) => verdict === 'missed');
  return options.check && isMissed ? 1 : 0;
}

function measure(options: Options): Promise<Run> {
  const started = performance.now();
  return run(parts, options, {
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

function print({ results, notes }: Run): void {
  console.log('');
  for (const { subject, metric, unit, median, min, max } of results)
    console.log(`${metric.padEnd(50)} ${subject.padEnd(42)} ${String(median).padStart(9)} ${unit} (${min} - ${max})`);
  console.log('');
  for (const { target, measured, verdict } of judge(results)) {
    const value = measured === null ? '' : `${Number(measured.toPrecision(3))}${unitText(target.unit)}`;
    console.log(`${verdict.padEnd(12)} ${target.what.padEnd(70)} ${boundOf(target).padEnd(18)} ${value}`);
  }
  for (const note of notes) console.log(`not measured: ${note}`);
}

function writeDocument(file: string, { results, notes }: Run, { events, rounds, timeScale }: Options): void {
  const image = file.replace(/\.md$/, '.svg');
  const command = `npm run bench -- messaging --events ${events} --rounds ${rounds} --time-scale ${timeScale}`;
  const facts = { machine: thisMachine(new Date()), notes, plotFile: basename(image), command };
  writeFileSync(image, plot(CHARTS, results));
  writeFileSync(file, documentOf(results, facts));
}
