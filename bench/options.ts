/** What every benchmark takes. */
export interface CommonOptions {
  readonly json: string | null;
  readonly document: string | null;
  /** JSON of earlier runs to report on, instead of a run. */
  readonly from: readonly string[] | null;
  readonly only: readonly string[];
  readonly rounds: number;
  readonly check: boolean;
  readonly help: boolean;
}

/** For `parseArgs` of node:util. */
export const COMMON = {
  json: { type: 'string' },
  document: { type: 'string' },
  from: { type: 'string' },
  only: { type: 'string' },
  rounds: { type: 'string' },
  check: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Values = { readonly [Name in keyof typeof COMMON]?: string | boolean | undefined };

/** @throws RangeError for a bad number */
export function commonOptions(values: Values): CommonOptions {
  const text = (value: string | boolean | undefined): string | null => (typeof value === 'string' ? value : null);
  return {
    json: text(values.json),
    document: text(values.document),
    from: text(values.from)?.split(',') ?? null,
    only: text(values.only)?.split(',').filter(Boolean) ?? [],
    rounds: positive('rounds', text(values.rounds) ?? undefined, 3),
    check: values.check === true,
    help: values.help === true,
  };
}

export function positive(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new RangeError(`--${name} takes a number above 0, not ${String(text)}`);
  return value;
}
