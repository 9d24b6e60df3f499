/** A stream of numbers that follows from its seed alone, the same on every machine. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[];
  /** Whether something happens that happens so many times in a hundred. */
  chance(percent: number): boolean;
}

/**
 * A stream of its own for each label, so that one more draw in one place changes nothing in another.
 * @param seed a whole number
 */
export function createRandom(seed: number, label: string): Random {
  const next = mulberry32(hashed(`${seed}/${label}`));
  const int = (low: number, high: number): number => low + Math.floor((next() / 2 ** 32) * (high - low + 1));
  return {
    int,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error(`nothing to pick from for ${label}`);
      return items[int(0, items.length - 1)] as T;
    },
    shuffled<T>(items: readonly T[]): T[] {
      const left = [...items];
      for (let last = left.length - 1; last > 0; last -= 1) {
        const other = int(0, last);
        [left[last], left[other]] = [left[other] as T, left[last] as T];
      }
      return left;
    },
    chance: (percent) => int(1, 100) <= percent,
  };
}

/** FNV-1a over UTF-16 code units. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** 32 bits of state are plenty for a scenario; not for secrets. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
