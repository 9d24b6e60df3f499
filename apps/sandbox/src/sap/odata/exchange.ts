import type { ODataService } from './model.ts';

/** A request to a service, of HTTP or of a part of a batch. */
export interface ODataRequest {
  readonly method: string;
  /** Below the service, still percent-encoded: `A_SalesOrder('1')/to_Item`. */
  readonly path: string;
  readonly search: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface ODataAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What stays the same for all requests of one call. */
export interface Environment {
  readonly service: ODataService;
  /** `http://host:port/sap/opu/odata/sap/API_SALES_ORDER_SRV` */
  readonly root: string;
  readonly now: Date;
  readonly user: string;
  /** Of messages: `en`. */
  readonly language: string;
  /** Rows of a page by entity set, in place of the definition's. */
  readonly pageSizes: Readonly<Record<string, number>>;
}

export const versionHeader = { dataserviceversion: '2.0' } as const;

export function asksForJson({ headers, search }: Pick<ODataRequest, 'headers' | 'search'>): boolean {
  const format = search.get('$format')?.toLowerCase();
  return format === undefined ? /\bjson\b/i.test(headers['accept'] ?? '') : format === 'json';
}

/** The first language of `Accept-Language` that is installed, by weight; the first installed one otherwise. */
export function languageOf(accepted: string | undefined, installed: readonly string[]): string {
  const wanted = (accepted ?? '').split(',').map((part) => {
    const [tag, ...parameters] = part.trim().split(';');
    const weight = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find((q) => q !== undefined);
    return { language: tag!.trim().toLowerCase().split('-')[0]!, weight: Number(weight ?? '1') };
  });
  wanted.sort((a, b) => b.weight - a.weight);
  return wanted.find(({ language, weight }) => weight > 0 && installed.includes(language))?.language ?? installed[0]!;
}
