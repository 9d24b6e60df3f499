import type { DecimalString } from '@tieout/canonical';
import { amountWith, isExact, type AmountText, type DecimalMark } from './decimal-text.ts';
import { problemAt, UnreadableFile, type Problem } from './problem.ts';

interface Waiting {
  readonly item: { amount: DecimalString };
  readonly amount: AmountText;
}

export interface AmountCollector {
  /** Sets the item's amount, at once or in `decide`. @returns why it does not fit the mark that was asked for */
  take(item: Waiting['item'], amount: AmountText, line: number): Problem | undefined;
  /** @throws UnreadableFile `ambiguous-decimals`, `contradicting-decimals` */
  decide(): void;
}

/**
 * One decimal mark for a whole file. `1.234` is a thousand to one system and little more than one to another: amounts that can
 * be read both ways wait until another amount of the file proves the mark, and when none does the file is refused.
 */
export function amountCollector(asked: DecimalMark | undefined): AmountCollector {
  const waiting: Waiting[] = [];
  const seen: Partial<Record<'comma' | 'point' | 'either', { line: number; body: string }>> = {};
  return {
    take(item, amount, line) {
      if (asked !== undefined || amount.evidence === 'none') return setAmount({ item, amount }, asked ?? 'point', line);
      seen[amount.evidence] ??= { line, body: amount.body };
      if (amount.evidence === 'point') return setAmount({ item, amount }, 'point', line);
      waiting.push({ item, amount });
      return undefined;
    },
    decide() {
      const mark = asked ?? markOf(seen);
      for (const one of waiting) setAmount(one, mark, 0);
    },
  };
}

function setAmount({ item, amount }: Waiting, mark: DecimalMark, line: number): Problem | undefined {
  const exact = amountWith(amount, mark);
  if (!isExact(exact)) return problemAt(line, 'amount', 'bad-amount', exact);
  item.amount = exact;
  return undefined;
}

function markOf({
  comma,
  point,
  either,
}: Partial<Record<'comma' | 'point' | 'either', { line: number; body: string }>>): DecimalMark {
  if (comma !== undefined && point !== undefined)
    throw new UnreadableFile(
      'contradicting-decimals',
      `line ${comma.line} has ${comma.body} with a decimal comma, line ${point.line} has ${point.body} with a decimal point; say --decimal comma or --decimal point, and what does not fit is named`,
      { line: Math.max(comma.line, point.line), column: 'amount' },
    );
  if (comma !== undefined) return 'comma';
  if (point === undefined && either !== undefined) {
    const digits = either.body.replace(/[.,]/, '');
    throw new UnreadableFile(
      'ambiguous-decimals',
      `${either.body} can be ${digits} or ${either.body.replace(',', '.')}, and no other amount of the file decides it; say --decimal comma or --decimal point`,
      { line: either.line, column: 'amount' },
    );
  }
  return 'point';
}
