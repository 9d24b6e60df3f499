import { sum } from '@tieout/canonical';
import type { Item } from '@tieout/matching';
import type { Statement } from './statement.ts';

/** The rows of a CSV as statements of an account, one for each currency: days as the rows have them, no balances. */
export function csvStatement(items: readonly Item[], account: string): readonly Statement[] {
  return [...Map.groupBy(items, ({ currency }) => currency)].map(([currency, lines]) => {
    const days = lines.flatMap(({ date }) => date ?? []).sort();
    const [from = null, to = null] = [days[0], days.at(-1)];
    return {
      account,
      statementId: `${from ?? ''}/${to ?? ''}`,
      sequence: null,
      from,
      to,
      currency,
      opening: null,
      closing: null,
      moved: sum(lines.map(({ amount }) => amount)),
      lines,
    };
  });
}
