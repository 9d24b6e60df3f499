import type { Lab } from './lab.ts';
import type { Rig, RigOptions } from './rig.ts';

/** What a scenario works with. */
export interface Context {
  readonly lab: Lab;
  readonly seed: number;
  /** A number from `low` to `high` that follows from the seed and this name. */
  pick(name: string, low: number, high: number): number;
  /** A service of its own, closed when the scenario ends. */
  rig(options?: Omit<RigOptions, 'seed'>): Promise<Rig>;
  /** A line of the report's note: what was measured. */
  note(text: string): void;
}

export interface Scenario {
  readonly id: string;
  /** One sentence: what happens. */
  readonly title: string;
  /** Promises (P1-P8) that it puts to the test. */
  readonly promises: readonly string[];
  /** Part of `--fast`, hence of CI. */
  readonly fast: boolean;
  /** Brokers of the cluster; a number other than the shared stack's gets a cluster of its own. Default: the shared one. */
  readonly brokers?: number;
  /** Why it cannot hold: it stands in the table as broken, and does not fail the run. */
  readonly broken?: string;
  /** Resolves when the promises held. @throws Broken with what speaks against them */
  run(context: Context): Promise<void>;
}

/** A promise did not hold. */
export class Broken extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'Broken';
  }
}

/** @throws Broken unless the list is empty */
export function holds(problems: readonly string[]): void {
  if (problems.length > 0) throw new Broken(problems);
}
