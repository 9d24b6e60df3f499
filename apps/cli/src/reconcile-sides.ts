import { latestDate, type ExchangeRate, type MatchContext } from '@tieout/matching';
import { wholeBlock } from './reconcile-blocks.ts';
import { readRates } from './reconcile-files.ts';
import { type InputFlags, type Side } from './reconcile-flags.ts';
import { readSide, RefusedInput, type SideInput } from './reconcile-input.ts';
import { progress, type Progress } from './reconcile-progress.ts';

/** All that is compared, and what it is compared as of. */
export interface ComparisonInput {
  readonly sides: Readonly<Record<Side, SideInput>>;
  readonly context: MatchContext;
}

/** Reads both sides and the rates. @throws RefusedInput with the problems of all files together */
export async function readComparisonInput(flags: InputFlags, shown: Progress = progress()): Promise<ComparisonInput> {
  const rates: readonly ExchangeRate[] = await readRates(flags.rates);
  const sides = await readSides(flags, shown);
  return { sides, context: { asOf: flags.asOf ?? latestDate(wholeBlock(sides)) ?? today(), rates } };
}

async function readSides(flags: InputFlags, shown: Progress): Promise<Record<Side, SideInput>> {
  const read = async (side: Side): Promise<SideInput | RefusedInput> => {
    try {
      return await readSide(flags, side, (bytes) => shown.read(side, bytes));
    } catch (error) {
      if (error instanceof RefusedInput) return error;
      throw error;
    }
  };
  const [left, right] = [await read('left'), await read('right')];
  const refusals = [left, right].filter((one) => one instanceof RefusedInput);
  if (left instanceof RefusedInput || right instanceof RefusedInput)
    throw new RefusedInput(
      refusals.flatMap(({ problems }) => problems),
      [...new Set(refusals.flatMap(({ advice }) => advice))],
    );
  if (left.items.length === 0 && right.items.length === 0) throw bothEmpty(left.files, right.files);
  return { left, right };
}

function bothEmpty(left: readonly string[], right: readonly string[]): RefusedInput {
  const reason = 'neither side has a row: that nothing differs would say nothing';
  return new RefusedInput([
    { file: [...left, ...right].join(', '), at: 'the files', line: null, column: null, code: 'empty-file', reason },
  ]);
}

const today = (): string => new Date().toISOString().slice(0, 10);
