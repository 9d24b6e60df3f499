import type { Literal } from './literals.ts';

/** One entity as its service sent it, `__metadata` included. A number of the JSON is its source text. */
export type Row = Readonly<Record<string, unknown>>;

/** A key of one property is its value, else the values by name; plain text is an Edm.String. */
export type Key = string | Readonly<Record<string, string | Literal>>;

/** Values as they go out: text, booleans, and arrays of the same for a deep insert. `toWire` makes dates and times. */
export interface Body {
  readonly [property: string]: BodyValue;
}
export type BodyValue = string | boolean | null | Body | readonly Body[];

/** What a read is to answer. */
export interface Shape {
  /** Always state it: releases differ in what they have. */
  readonly select?: readonly string[];
  readonly expand?: readonly string[];
}

export interface Query extends Shape {
  /** From literals.ts: nothing else escapes values. */
  readonly filter?: string;
  /** Property names, with ` desc` behind them for the other direction. Pages need a unique order. */
  readonly orderBy?: readonly string[];
  readonly top?: number;
  readonly skip?: number;
  /** Has the service count what fits the filter. */
  readonly count?: boolean;
}

export interface ODataPage {
  readonly rows: readonly Row[];
  /** Address of the server's next page, to be followed as it is. */
  readonly next: string | null;
  /** What fits the filter, when it was asked for. */
  readonly count: number | null;
  /** The server's clock when it answered. */
  readonly date: Date;
}

/** What SAP says beside success: `sap-message`. */
export interface SapMessage {
  readonly code: string;
  readonly severity: 'success' | 'info' | 'warning' | 'error';
  readonly text: string;
  readonly target: string;
}

export interface Written {
  /** The entity as it is now; null where the service does not send it (204). */
  readonly row: Row | null;
  readonly messages: readonly SapMessage[];
}

/** One write of a change set. */
export type Change =
  | { readonly kind: 'create'; readonly set: string; readonly body: Body }
  | {
      readonly kind: 'update';
      readonly set: string;
      readonly key: Key;
      readonly changes: Body;
      /** Of the row that was read; `*` says whatever it is by now. */
      readonly etag: string | null;
    }
  | { readonly kind: 'remove'; readonly set: string; readonly key: Key; readonly etag: string | null };

export type BatchPart =
  | { readonly kind: 'get'; readonly set: string; readonly key: Key; readonly shape?: Shape }
  | { readonly kind: 'query'; readonly set: string; readonly query: Query }
  /** Done as a whole or not at all. */
  | { readonly kind: 'change-set'; readonly changes: readonly Change[] };

/** One for each part, in their order. */
export type BatchResult =
  | { readonly kind: 'get'; readonly row: Row | null }
  | { readonly kind: 'query'; readonly page: ODataPage }
  | { readonly kind: 'changed'; readonly written: readonly Written[] }
  /** Nothing of the part was done, unless the error's code is `outcome-unknown`. */
  | { readonly kind: 'failed'; readonly error: Error };
