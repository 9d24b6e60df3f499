import { DataError, TransientError } from '@tieout/messaging';
import { z } from 'zod';
import type { Send } from './http.client.ts';

export interface QueryPage<R> {
  readonly rows: readonly R[];
  readonly hasMore: boolean;
  /** The server's clock when it answered. */
  readonly date: Date;
}

export interface Query {
  page<R>(
    q: string,
    params: readonly string[],
    row: z.ZodType<R>,
    options: { readonly limit: number; readonly offset?: number; readonly signal?: AbortSignal | undefined },
  ): Promise<QueryPage<R>>;
  /** Every row, page by page. For bounded results only: NetSuite gives no more than 100,000. */
  all<R>(q: string, params: readonly string[], row: z.ZodType<R>, signal?: AbortSignal): Promise<R[]>;
}

const envelope = z.object({ items: z.array(z.record(z.string(), z.unknown())), hasMore: z.boolean() });
const largestPage = 1000;

export function createQuery(send: Send): Query {
  const page: Query['page'] = async (q, params, row, { limit, offset = 0, signal }) => {
    const { json, date } = await send({
      name: 'query',
      method: 'POST',
      path: `/query/v1/suiteql?limit=${limit}&offset=${offset}`,
      body: { q: q.replaceAll(/\s+/g, ' ').trim(), params },
      headers: { Prefer: 'transient' },
      signal,
    });
    // Cut on its way, or the page of somebody in between: no answer of NetSuite's.
    if (json === null) throw new TransientError('netsuite-answer-unreadable', `NetSuite query ${shown(q)}: no JSON`);
    const answer = envelope.safeParse(json);
    if (!answer.success) throw unreadable(q, answer.error);
    const rows = z.array(row).safeParse(answer.data.items);
    if (!rows.success) throw unreadable(q, rows.error);
    return { rows: rows.data, hasMore: answer.data.hasMore, date };
  };
  return {
    page,
    async all(q, params, row, signal) {
      const rows = [];
      for (let offset = 0; ; offset += largestPage) {
        const next = await page(q, params, row, { limit: largestPage, offset, signal });
        rows.push(...next.rows);
        if (!next.hasMore) return rows;
      }
    },
  };
}

/** A row that is not what the query asks for: to go on would publish it half empty. */
function unreadable(q: string, error: z.ZodError): DataError {
  const where = z.prettifyError(error).slice(0, 300);
  return new DataError('netsuite-answer', `NetSuite query ${shown(q)}: ${where}`);
}

function shown(q: string): string {
  return JSON.stringify(q.trim().slice(0, 60));
}
