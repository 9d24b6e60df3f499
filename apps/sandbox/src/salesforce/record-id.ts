const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
/** Instance and reserved characters behind an object's prefix, as in every Salesforce id. */
const INSTANCE = '5g0';

/** The n-th id of an object, 18 characters: 15 case-sensitive ones and the checksum that makes it safe to compare without case. */
export function recordId(prefix: string, n: bigint): string {
  let digits = '';
  for (let rest = n; digits.length < 9; rest /= 62n) digits = BASE62[Number(rest % 62n)]! + digits;
  return withChecksum(prefix + INSTANCE + digits);
}

/** Appends the three checksum characters to a 15 character id: one per group of five, a bit for each capital letter. */
export function withChecksum(id15: string): string {
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id15.slice(start, start + 5)].map((c) => (c >= 'A' && c <= 'Z' ? 1 : 0));
    return CHECKSUM[bits.reduce<number>((sum, bit, i) => sum + (bit << i), 0)]!;
  });
  return id15 + suffix.join('');
}

/** The 18 character form of a 15 or 18 character id; undefined when the text is no id. */
export function normaliseId(text: string): string | undefined {
  if (!/^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$/.test(text)) return undefined;
  const full = withChecksum(text.slice(0, 15));
  return text.length === 15 || text === full ? full : undefined;
}
