import { createBackTest, defaultRules, detectSign, type ResultComparison } from '@tieout/matching';
import { blocksOf, wholeBlock } from './reconcile-blocks.ts';
import { RECONCILE_EXIT, type InputFlags } from './reconcile-flags.ts';
import { RefusedInput } from './reconcile-input.ts';
import { readComparisonInput } from './reconcile-sides.ts';
import { refusedText } from './reconcile-text.ts';
import { readRules, RulesFileError } from './rules-file.ts';
import { comparisonText } from './rules-text.ts';

export interface CompareFlags extends InputFlags {
  /** The rules as they are; those that `reconcile` takes by itself when left out. */
  readonly rules?: string;
  /** The rules as they would be. */
  readonly with: string;
  readonly examples: number;
  readonly json: boolean;
}

/** What other rules would change between two files. */
export interface FileComparison {
  readonly asOf: string;
  readonly rules: string;
  readonly with: string;
  readonly left: number;
  readonly right: number;
  readonly result: ResultComparison;
}

/** The command. Prints what would change, or why it refuses. @returns the exit code: 1 when matches are lost or breaks are new */
export async function runCompare(flags: CompareFlags): Promise<number> {
  try {
    const found = await compareFiles(flags);
    process.stdout.write(`${flags.json ? JSON.stringify(found, null, 2) : fileText(found, flags.examples)}\n`);
    const { lost, newBreaks } = found.result;
    return lost.cases + newBreaks.cases === 0 ? RECONCILE_EXIT.tiesOut : RECONCILE_EXIT.open;
  } catch (error) {
    if (!(error instanceof RefusedInput || error instanceof RulesFileError)) throw error;
    process.stderr.write(`${error instanceof RefusedInput ? refusedText(error) : error.message}\n`);
    return RECONCILE_EXIT.refused;
  }
}

/** @throws RefusedInput, RulesFileError */
export async function compareFiles(flags: CompareFlags): Promise<FileComparison> {
  const own = flags.rules === undefined ? null : readRules(flags.rules).rules;
  const after = readRules(flags.with).rules;
  const { sides, context } = await readComparisonInput(flags);
  const before = own ?? defaultRules(detectSign(wholeBlock(sides)));
  const test = createBackTest({ before, after }, context, { examples: flags.examples });
  for (const block of blocksOf(sides, { ...after, block: test.fields })) test.add(block);
  const [left, right] = [sides.left.items.length, sides.right.items.length];
  return { asOf: context.asOf, rules: before.name, with: after.name, left, right, result: test.result() };
}

function fileText({ asOf, rules, with: other, left, right, result }: FileComparison, examples: number): string {
  const head = `${other} instead of ${rules}, as of ${asOf}: ${left} items left, ${right} right`;
  return `${head}\n\n${comparisonText(result, examples)}`;
}
