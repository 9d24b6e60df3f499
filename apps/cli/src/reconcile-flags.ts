import type { ReadOptions } from '@tieout/statements';

/** 2: nothing was compared; 4: a failure of this program. 3 is taken: nothing runs. */
export const RECONCILE_EXIT = { tiesOut: 0, open: 1, refused: 2, failed: 4 } as const;

export const SIDES = ['left', 'right'] as const;
export type Side = (typeof SIDES)[number];

/** An option that may differ between the sides. */
export type SideOptions<T> = Readonly<Partial<Record<Side, T>>>;

type PerSide = {
  readonly [K in 'decimal' | 'dateFormat' | 'encoding' | 'currency' | 'columns']?: SideOptions<
    NonNullable<ReadOptions[K]>
  >;
};

/** Two sides in files; file names are absolute. */
export interface InputFlags extends PerSide {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly asOf?: string;
  readonly rates?: string;
  readonly skipBadRows: boolean;
  readonly allowIncomplete: boolean;
}

/** What the command line of `reconcile` says. */
export interface ReconcileFlags extends InputFlags {
  readonly rules?: string;
  /** `-` is the standard output. */
  readonly out?: string;
  readonly json: boolean;
}

/** How the files of that side are to be read. */
export function readOptionsOf(flags: InputFlags, side: Side): ReadOptions {
  const options = {
    decimal: flags.decimal?.[side],
    dateFormat: flags.dateFormat?.[side],
    encoding: flags.encoding?.[side],
    currency: flags.currency?.[side],
    columns: flags.columns?.[side],
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
