const DEFAULT_PAGE = 5000;

/** A refusal as the integration API words it; rendered by `apiErrorBody`. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** No access is masked as "not found" by the vendor, so this is the answer to both. */
export const notFound = (): ApiError => new ApiError(404, 'Not Found');

/** `{status, path, timestamp}`: the body of every refused integration call. */
export function apiErrorBody(status: number, message: string, path: string, at: Date): unknown {
  return { status: { code: status, message }, path, timestamp: at.toISOString() };
}

/** A single object under its key. */
export function objectBody(baseUrl: string, schema: string, fields: Record<string, unknown>): unknown {
  return { meta: metaOf(baseUrl, schema), status: { code: 200, message: 'Success' }, ...fields };
}

export interface PageRequest {
  readonly path: string;
  readonly limit: number;
  readonly offset: number;
}

/** One page of a collection with its paging block; an empty collection has no key at all, as at the vendor. */
export function pageBody(baseUrl: string, key: string, all: readonly unknown[], page: PageRequest): unknown {
  const items = all.slice(page.offset, page.offset + page.limit);
  const status = { code: 200, message: 'Success' };
  if (items.length === 0) return { meta: metaOf(baseUrl, key), status };
  const paging = pagingOf(baseUrl, all.length, items.length, page);
  return { meta: { ...metaOf(baseUrl, key), paging }, status, [key]: items };
}

/** Reads `limit` and `offset` from a query; the vendor's page never exceeds 5,000. */
export function pageRequest(path: string, query: Record<string, unknown>): PageRequest {
  const limit = wholeNumber(query['limit'], DEFAULT_PAGE);
  return { path, limit: Math.min(Math.max(limit, 1), DEFAULT_PAGE), offset: wholeNumber(query['offset'], 0) };
}

function pagingOf(baseUrl: string, totalSize: number, size: number, page: PageRequest): Record<string, unknown> {
  const url = (offset: number): string => `${baseUrl}${page.path}?limit=${page.limit}&offset=${offset}`;
  const after = page.offset + size;
  return {
    currentPageSize: size,
    totalSize,
    offset: page.offset,
    ...(after < totalSize ? { next: url(after) } : {}),
    ...(page.offset > 0 ? { previous: url(Math.max(0, page.offset - page.limit)) } : {}),
  };
}

const metaOf = (baseUrl: string, schema: string): { schema: string } => ({
  schema: `${baseUrl}/2/0/objects/${schema}`,
});

function wholeNumber(value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw new ApiError(400, 'Invalid paging parameter');
  return Number(value);
}
