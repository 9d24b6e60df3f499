import type { DecimalString } from '@tieout/canonical';
import type { MappingProblem } from './fate.ts';

/** What an order says, as far as the CRM owns it. Plain data: what was written is remembered as this. */
export interface OrderContent {
  readonly contractId: string | null;
  readonly reference: string | null;
  readonly customerId: string | null;
  /** The ERP's id of the legal entity: subsidiary, sales organisation. */
  readonly subsidiaryId: string;
  readonly currency: string;
  readonly orderDate: string;
  /** In the order of the billing schedule. */
  readonly lines: readonly OrderContentLine[];
}

export interface OrderContentLine {
  /** Null of a line that was put there by somebody else. */
  readonly billingId: string | null;
  readonly billOn: string | null;
  /** The ERP's id of the item. */
  readonly itemId: string | null;
  readonly description: string | null;
  readonly quantity: DecimalString | null;
  /** What the line says; an ERP may derive it from amount and quantity, so it is sent and never compared. */
  readonly unitPrice: DecimalString | null;
  readonly net: DecimalString;
}

export interface AskedOrder {
  readonly content: OrderContent;
  /** The vendor's own ids that a write needs besides: of the connector alone, JSON. */
  readonly vendor: Readonly<Record<string, string>>;
}

/** An order as it stands in the ERP. */
export interface StandingOrder {
  readonly id: string;
  readonly number: string;
  readonly status: 'open' | 'billed' | 'closed' | 'cancelled';
  /** For a conditional write: SAP's ETag. */
  readonly version: string | null;
  readonly content: OrderContent;
  /** Key, billed net and closing of the lines, in the order of `content.lines`. */
  readonly lines: readonly { readonly key: string; readonly billedNet: DecimalString; readonly closed: boolean }[];
}

export interface OrderRefusal {
  readonly code:
    | MappingProblem['code']
    | 'unknown-legal-entity'
    | 'unknown-item'
    | 'order-closed'
    | 'foreign-edit'
    | 'billed-line'
    | 'period-closed';
  readonly message: string;
}

/** Where an order in the ERP is not what it should be; `line` is the billing id, or the ERP's line key where it has none. */
export interface OrderDifference {
  readonly field: string;
  readonly line: string | null;
  readonly theirs: string | null;
  readonly ours: string | null;
}

export type OrderPlan =
  | { readonly kind: 'create' }
  /** It stands as asked. */
  | { readonly kind: 'done' }
  | { readonly kind: 'change'; readonly differences: readonly OrderDifference[] }
  | { readonly kind: 'refused'; readonly refusal: OrderRefusal; readonly differences: readonly OrderDifference[] };
