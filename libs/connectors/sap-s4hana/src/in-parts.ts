/** Addresses are bounded, so long lists are asked for in parts: a key takes some 60 characters of one. */
const PART = 40;

export async function inParts<T, R>(
  all: readonly T[],
  read: (part: readonly T[]) => Promise<readonly R[]>,
  size = PART,
): Promise<R[]> {
  const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
  return (await Promise.all(parts.map(read))).flat();
}
