import type { CallOptions, SapClient } from './client.ts';
import type { Query, Row } from './odata.ts';

/** Every row of a query. */
export async function allRows(
  client: SapClient,
  [service, set]: readonly [service: string, set: string],
  query: Query,
  options: CallOptions,
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of client.pages(service, set, query, options)) rows.push(...page.rows);
  return rows;
}
