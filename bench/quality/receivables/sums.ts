/** Invoices of which some may be paid by one line. */
const PARTS = 4;

/** In how many ways up to four of the amounts add up to the sum. Amounts above 0. */
export function waysToSum(amounts: readonly bigint[], sum: bigint): number {
  const sorted = amounts.toSorted((a, b) => (a < b ? -1 : 1));
  const ways = (from: number, rest: bigint, parts: number): number => {
    if (rest === 0n) return 1;
    if (parts === 0) return 0;
    let found = 0;
    for (let at = from; at < sorted.length && (sorted[at] as bigint) <= rest; at += 1)
      found += ways(at + 1, rest - (sorted[at] as bigint), parts - 1);
    return found;
  };
  return ways(0, sum, PARTS);
}
