import { InvalidArgumentError } from 'commander';

export const EXIT = { notReady: 1, nothingRuns: 3 } as const;

/** What every command takes. */
export interface Common {
  /** File that announces what runs. */
  readonly stack: string;
  readonly json: boolean;
}

/** Parses an option. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}`);
  };
}

/** A command's only output. */
export function print(json: boolean, data: object, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(data, null, 2) : text()}\n`);
}
