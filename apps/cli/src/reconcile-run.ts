import { subtract } from '@tieout/canonical';
import { countTotals, decideBlock, defaultRules, detectSign, type RuleSet, type Totals } from '@tieout/matching';
import { blocksOf, wholeBlock } from './reconcile-blocks.ts';
import type { Comparison, ResultTotals, Sums } from './reconcile-comparison.ts';
import { readRules } from './reconcile-files.ts';
import { RECONCILE_EXIT, SIDES, type ReconcileFlags } from './reconcile-flags.ts';
import { highlights, type Highlights } from './reconcile-highlights.ts';
import { RefusedInput } from './reconcile-input.ts';
import { resultWriter, UnwritableResult, type ResultWriter } from './reconcile-output.ts';
import { progress, type Progress } from './reconcile-progress.ts';
import { readComparisonInput, type ComparisonInput } from './reconcile-sides.ts';
import { refusedText, summaryText } from './reconcile-text.ts';

/** The command. Prints what it found or why it refuses. @returns the exit code */
export async function runReconcile(flags: ReconcileFlags): Promise<number> {
  try {
    const comparison = await reconcileFiles(flags, progress());
    const out = flags.json || flags.out === '-' ? process.stderr : process.stdout;
    out.write(`${summaryText(comparison, flags)}\n`);
    return exitCodeOf(comparison.totals);
  } catch (error) {
    if (!(error instanceof RefusedInput || error instanceof UnwritableResult)) throw error;
    process.stderr.write(`${error instanceof RefusedInput ? refusedText(error) : error.message}\n`);
    return RECONCILE_EXIT.refused;
  }
}

/** Reads both sides, decides block by block, and writes the result. @throws RefusedInput, UnwritableResult */
export async function reconcileFiles(flags: ReconcileFlags, shown: Progress): Promise<Comparison> {
  const ownRules = flags.rules === undefined ? undefined : await readRules(flags.rules);
  const input = await readComparisonInput(flags, shown);
  const sign = ownRules === undefined ? detectSign(wholeBlock(input.sides)) : null;
  const rules = ownRules ?? defaultRules(sign ?? 'same');
  const { left, right } = input.sides;
  const facts = { asOf: input.context.asOf, rules: rules.name, sign, left: left.files, right: right.files };
  const writers = await writersOf(flags);
  try {
    const decided = await decide(input, rules, writers, shown);
    const refused = SIDES.flatMap((side) => input.sides[side].refused.map((row) => ({ side, ...row })));
    for (const writer of writers) await writer.end({ totals: decided.totals, refused, run: facts });
    return { facts, inputs: input.sides, ...decided };
  } catch (error) {
    for (const writer of writers) writer.discard();
    throw error;
  }
}

async function decide(
  { sides, context }: ComparisonInput,
  rules: RuleSet,
  writers: readonly ResultWriter[],
  shown: Progress,
): Promise<{ totals: ResultTotals; highlights: Highlights }> {
  const counts = countTotals();
  const largest = highlights();
  for (const block of blocksOf(sides, rules)) {
    shown.comparing(block.left.length + block.right.length);
    const groups = decideBlock(block, rules, context);
    counts.add(block, groups);
    largest.take(block, groups);
    for (const group of groups)
      for (const writer of writers) {
        const full = writer.group(group);
        if (full !== undefined) await full;
      }
  }
  return { totals: proven(counts.result()), highlights: largest };
}

/** That every id is in one group with its amount is not taken on trust. */
function proven({ isConserved, left, right, outcomes }: Totals): ResultTotals {
  if (!isConserved) throw new Error('the groups do not hold every item once: no result is better than a wrong one');
  const currencies = [...new Set([left, right].flatMap(({ sums }) => Object.keys(sums)))].sort();
  const difference: Sums = Object.fromEntries(
    currencies.map((code) => [code, subtract(right.sums[code] ?? '0', left.sums[code] ?? '0')]),
  );
  return { left, right, difference, outcomes };
}

async function writersOf({ out, json }: ReconcileFlags): Promise<readonly ResultWriter[]> {
  const targets = new Set([...(out === undefined ? [] : [out]), ...(json ? ['-'] : [])]);
  return Promise.all([...targets].map(resultWriter));
}

/** Whatever waits for a person is open; so is a side without rows, whose counterparts only look like timing. */
function exitCodeOf({ left, right, outcomes }: ResultTotals): number {
  const open = outcomes.break.groups + outcomes.suggested.groups + outcomes.ambiguous.groups;
  return open === 0 && left.items > 0 && right.items > 0 ? RECONCILE_EXIT.tiesOut : RECONCILE_EXIT.open;
}
