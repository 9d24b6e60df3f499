/** What should have happened to each key, in order, against what did: the comparison that every check of the oracle rests on. */
export type Sequences = ReadonlyMap<string, readonly string[]>;

const MAX_NAMED = 3;

/**
 * Multisets first, then order, as Kafka's own transactions test does it: says what is lost, doubled, not ours, or out of order.
 * Empty when the two agree exactly.
 */
export function differences(what: string, expected: Sequences, actual: Sequences): string[] {
  const problems = [
    ...tell(what, 'lost', surplus(expected, actual)),
    ...tell(what, 'too much', surplus(actual, expected)),
  ];
  if (problems.length > 0) return problems;
  const disordered = [...expected].flatMap(([key, sequence]) => firstInversion(key, sequence, actual.get(key) ?? []));
  return tell(what, 'out of order', disordered);
}

/** Items of `more` beyond those of `less`, each as often as it is there too many times. */
function surplus(more: Sequences, less: Sequences): string[] {
  return [...more].flatMap(([key, sequence]) => {
    const left = counted(less.get(key) ?? []);
    return sequence.filter((item) => {
      const count = left.get(item) ?? 0;
      left.set(item, count - 1);
      return count <= 0;
    });
  });
}

function counted(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function firstInversion(key: string, expected: readonly string[], actual: readonly string[]): string[] {
  const at = expected.findIndex((item, index) => item !== actual[index]);
  return at === -1 ? [] : [`${key}: ${actual[at] ?? 'nothing'} where ${expected[at] ?? 'nothing'} was due`];
}

function tell(what: string, how: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > MAX_NAMED ? `, … ${items.length - MAX_NAMED} more` : '';
  return [`${what}: ${items.length} ${how} (${items.slice(0, MAX_NAMED).join(', ')}${more})`];
}

/** Items by key, in the order in which they come. */
export function byKey<T>(
  items: Iterable<T>,
  key: (item: T) => string,
  name: (item: T) => string,
): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const item of items) map.set(key(item), [...(map.get(key(item)) ?? []), name(item)]);
  return map;
}
