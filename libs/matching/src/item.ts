import type { DecimalString } from '@tieout/canonical';

/** What two sides are compared by: one posting, document or statement line as a system or a file states it. */
export interface Item {
  /** Unique on its side. */
  readonly id: string;
  /** Canonical decimal text, signed as the source signs it. */
  readonly amount: DecimalString;
  /** ISO 4217 */
  readonly currency: string;
  /** Business date, YYYY-MM-DD. */
  readonly date: string | null;
  readonly reference: string | null;
  readonly counterparty: string | null;
  readonly text: string | null;
  readonly legalEntity: string | null;
  /** The item of the same side that this one reverses (void, credit, refund), as far as the source says. */
  readonly reverses: string | null;
  /** Instant of the last change, as far as the source says. */
  readonly changedAt: string | null;
  /** Everything else that the source states, kept as evidence; rules reach it as `fields.<name>`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The items of both sides that may belong together: nothing outside a block decides about what is inside. */
export interface Block {
  readonly left: readonly Item[];
  readonly right: readonly Item[];
}

export interface ExchangeRate {
  /** ISO 4217; one unit of `from` is `rate` units of `to`. */
  readonly from: string;
  readonly to: string;
  /** Day from which it holds, YYYY-MM-DD. */
  readonly date: string;
  readonly rate: DecimalString;
  /** Who states it, for evidence, e.g. ECB or the file's name. */
  readonly source: string;
}

export interface MatchContext {
  /** Business date that the comparison is made for, YYYY-MM-DD; what is younger than a rule allows is timing. */
  readonly asOf: string;
  readonly rates: readonly ExchangeRate[];
}
