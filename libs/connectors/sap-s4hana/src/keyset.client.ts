import type { CallOptions, SapClient } from './client.ts';
import { and, eq, gt, or } from './literals.ts';
import type { Query, Row } from './odata.ts';

/** Rows behind a key, in the order of keys: nothing shifts when others change meanwhile. */
export interface KeysetPage {
  readonly rows: readonly Row[];
  /** Key of the last row, null at the end. */
  readonly next: readonly string[] | null;
  readonly count: number | null;
  readonly clock: Date;
}

export interface Keyset {
  readonly service: string;
  readonly set: string;
  readonly keys: readonly string[];
  readonly query: Omit<Query, 'orderBy' | 'skip'> & { readonly top: number };
}

export async function keysetPage(
  client: SapClient,
  { service, set, keys, query }: Keyset,
  after: readonly string[] | null,
  options: CallOptions,
): Promise<KeysetPage> {
  const filters = [query.filter, after === null ? undefined : behind(keys, after)].filter((one) => one !== undefined);
  const { filter: _filter, ...shape } = query;
  const page = await client.page(
    service,
    set,
    { ...shape, ...(filters.length > 0 ? { filter: and(...filters) } : {}), orderBy: keys },
    options,
  );
  const last = page.rows.at(-1);
  // A server that pages by itself answers less than was asked for and says that there is more.
  const more = page.next !== null || page.rows.length >= query.top;
  return {
    rows: page.rows,
    next: more && last ? keys.map((key) => String(last[key])) : null,
    count: page.count,
    clock: page.date,
  };
}

/** `a > x or (a = x and (b > y or ...))` */
function behind([key = '', ...others]: readonly string[], [value = '', ...rest]: readonly string[]): string {
  if (others.length === 0) return gt(key, value);
  return or(gt(key, value), and(eq(key, value), behind(others, rest)));
}

/** Every row, page by page. */
export async function allByKey(client: SapClient, keyset: Keyset, options: CallOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: readonly string[] | null = null; ;) {
    const page: KeysetPage = await keysetPage(client, keyset, after, options);
    rows.push(...page.rows);
    if (page.next === null) return rows;
    after = page.next;
  }
}
