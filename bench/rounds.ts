import { type Measurement, type Result, summarise } from './measurement.ts';

/** One subject under one question; run once a round, after what its part prepared once. */
export interface Scenario<Bench> {
  readonly name: string;
  run(bench: Bench): Promise<Measurement[]>;
}

/** A group of scenarios on the same preparation, chosen by name with --only. */
export interface Part<Bench> {
  readonly name: string;
  readonly about: string;
  prepare(bench: Bench): Promise<void>;
  finish?(bench: Bench): Promise<void>;
  readonly scenarios: readonly Scenario<Bench>[];
}

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

/** The scenarios whose names begin so; all when no name is given. @throws RangeError when there is none */
export function chosen<Bench>(parts: readonly Part<Bench>[], only: readonly string[]): Part<Bench>[] {
  const isChosen = (name: string): boolean => only.length === 0 || only.some((prefix) => name.startsWith(prefix));
  const some = parts.flatMap((part) => {
    const scenarios = part.scenarios.filter(({ name }) => isChosen(`${part.name}/${name}`));
    return scenarios.length === 0 ? [] : [{ ...part, scenarios }];
  });
  if (some.length === 0) throw new RangeError(`--only ${only.join(',')} names no scenario`);
  return some;
}

/** Runs all scenarios of a part once a round, so that what the machine does meanwhile meets all of them. */
export async function runRounds<Bench>(
  parts: readonly Part<Bench>[],
  bench: Bench,
  rounds: number,
  listener: Listener,
): Promise<Run> {
  const measurements: Measurement[] = [];
  const notes = new Set<string>();
  const soFar = (): Run => ({ results: summarise(measurements), notes: [...notes] });
  for (const part of parts) {
    listener.log(`--- ${part.name}: ${part.about}`);
    await part.prepare(bench);
    for (let round = 1; round <= rounds; round++)
      for (const scenario of part.scenarios) {
        const outcome = await once(scenario, bench);
        if (typeof outcome === 'string') notes.add(`${part.name}/${scenario.name}: ${outcome}`);
        else measurements.push(...outcome);
        listener.measured(soFar());
        listener.log(`${part.name} ${round}/${rounds} ${scenario.name}: ${said(outcome)}`);
      }
    await part.finish?.(bench);
  }
  return soFar();
}

/** A subject that cannot be started or fails is said so; the others go on. */
async function once<Bench>(scenario: Scenario<Bench>, bench: Bench): Promise<Measurement[] | string> {
  try {
    return await scenario.run(bench);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function said(outcome: readonly Measurement[] | string): string {
  if (typeof outcome === 'string') return `FAILED ${outcome}`;
  return outcome.map(({ metric, unit, value }) => `${value.toPrecision(4)} ${unit} (${metric})`).join(', ');
}
