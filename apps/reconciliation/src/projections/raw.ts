/** An item of a snapshot as the adapter read it: fields by their name in the system, absent when they have no value. */
export interface RawItem {
  readonly itemId: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Projected<T> {
  readonly rows: readonly T[];
  /** Items that do not say what they must; each is a difference of its own. */
  readonly unreadable: readonly { readonly itemId: string; readonly reason: string }[];
}

/** Projects every item; one that cannot be read does not hide the others. */
export function projectAll<T>(items: readonly RawItem[], project: (item: RawItem) => T | null): Projected<T> {
  const rows: T[] = [];
  const unreadable: { itemId: string; reason: string }[] = [];
  for (const item of items)
    try {
      const row = project(item);
      if (row !== null) rows.push(row);
    } catch (error) {
      unreadable.push({ itemId: item.itemId, reason: error instanceof Error ? error.message : String(error) });
    }
  return { rows, unreadable };
}

export interface UniqueItems {
  readonly items: readonly RawItem[];
  /** Ids that came more than once, and how often. */
  readonly repeated: readonly { readonly itemId: string; readonly times: number }[];
}

/** Each id once: of several items the same one is taken whatever their order, and their number is told. */
export function uniqueItems(items: readonly RawItem[]): UniqueItems {
  const byId = new Map<string, RawItem>();
  const times = new Map<string, number>();
  for (const item of items) {
    const before = byId.get(item.itemId);
    if (before !== undefined) times.set(item.itemId, (times.get(item.itemId) ?? 1) + 1);
    if (before === undefined || contentOf(item) < contentOf(before)) byId.set(item.itemId, item);
  }
  return { items: [...byId.values()], repeated: [...times].map(([itemId, count]) => ({ itemId, times: count })) };
}

const contentOf = ({ fields }: RawItem): string =>
  JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The first of the names that has a value. */
export function field(item: RawItem, ...names: readonly string[]): string | null {
  const name = names.find((one) => (item.fields[one] ?? '') !== '');
  return name === undefined ? null : (item.fields[name] ?? null);
}

export function need(item: RawItem, ...names: readonly string[]): string {
  const value = field(item, ...names);
  if (value === null) throw new Error(`no ${names.join(' or ')}`);
  return value;
}

/** An instant only when the text carries its zone; a local time of an unknown zone says nothing about before and after. */
export function instant(text: string | null): string | null {
  if (text === null || !/(Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  const time = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
