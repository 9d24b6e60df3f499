import { startEnvironment, type Environment } from './environment.ts';
import { type Measurement, type Result, summarise } from './measurement.ts';
import type { Options } from './options.ts';
import type { Bench, Part, Scenario } from './scenario.ts';

export interface Run {
  readonly results: readonly Result[];
  /** What could not be measured, and why. */
  readonly notes: readonly string[];
}

export interface Listener {
  log(message: string): void;
  /** After each scenario: what a run that is cut short leaves. */
  measured(soFar: Run): void;
}

/** Runs the chosen scenarios of each part, all of them once a round, so that what the machine does meanwhile meets all of them. */
export async function run(parts: readonly Part[], options: Options, listener: Listener): Promise<Run> {
  const chosen = parts.flatMap((part) => {
    const scenarios = part.scenarios.filter((scenario) => isChosen(options.only, `${part.name}/${scenario.name}`));
    return scenarios.length === 0 ? [] : [{ ...part, scenarios }];
  });
  if (chosen.length === 0) throw new RangeError(`--only ${options.only.join(',')} names no scenario`);
  const environment = await startEnvironment((message) => listener.log(message));
  try {
    return await measure(chosen, { environment, options }, listener);
  } finally {
    await environment.stop();
  }
}

const isChosen = (only: readonly string[], name: string): boolean =>
  only.length === 0 || only.some((prefix) => name.startsWith(prefix));

async function measure(parts: readonly Part[], bench: Bench, listener: Listener): Promise<Run> {
  const measurements: Measurement[] = [];
  const notes = new Set<string>();
  const soFar = (): Run => ({ results: summarise(measurements), notes: [...notes] });
  for (const part of parts) {
    bench.environment.log(`--- ${part.name}: ${part.about}`);
    await part.prepare(bench);
    for (let round = 1; round <= bench.options.rounds; round++)
      for (const scenario of part.scenarios) {
        const outcome = await once(scenario, bench);
        if (typeof outcome === 'string') notes.add(`${part.name}/${scenario.name}: ${outcome}`);
        else measurements.push(...outcome);
        listener.measured(soFar());
        report(bench.environment, `${part.name} ${round}/${bench.options.rounds} ${scenario.name}`, outcome);
      }
    await part.finish?.(bench);
  }
  return soFar();
}

/** A subject that cannot be started or fails is said so; the others go on. */
async function once(scenario: Scenario, bench: Bench): Promise<Measurement[] | string> {
  try {
    return await scenario.run(bench);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function report({ log }: Environment, name: string, outcome: readonly Measurement[] | string): void {
  if (typeof outcome === 'string') return log(`${name}: FAILED ${outcome}`);
  log(`${name}: ${outcome.map(({ metric, unit, value }) => `${value.toPrecision(4)} ${unit} (${metric})`).join(', ')}`);
}
