import { blockKeyOf, exactKeyOf } from '@tieout/matching';
import type { Item, RuleSet } from '@tieout/matching';

/** An item at its place, as the table holds it. */
export interface PlacedItem {
  readonly side: number;
  readonly block: string;
  /** See `exactKeyOf`. */
  readonly key: string;
  readonly item: Item;
}

export function placed(item: Item, side: number, ruleSet: RuleSet): PlacedItem {
  const key = exactKeyOf(item, side === 0 ? 'left' : 'right', ruleSet);
  return { side, block: blockKeyOf(item, ruleSet), key, item };
}

/** A row of comparison_item as SQL answers it. */
export interface ItemRow {
  readonly side: number;
  readonly block: string;
  readonly item_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly business_date: string | null;
  readonly reference: string | null;
  readonly counterparty: string | null;
  readonly text: string | null;
  readonly legal_entity: string | null;
  readonly reverses: string | null;
  readonly changed_at: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** Columns of an `ItemRow`, with the date as text: a driver's date would be an instant of some time zone. */
export const ITEM_COLUMNS = `side, block, item_id, amount, currency, to_char(business_date, 'YYYY-MM-DD') AS business_date,
  reference, counterparty, text, legal_entity, reverses, changed_at, fields`;

export const toItem = (row: ItemRow): Item => ({
  id: row.item_id,
  amount: row.amount,
  currency: row.currency,
  date: row.business_date,
  reference: row.reference,
  counterparty: row.counterparty,
  text: row.text,
  legalEntity: row.legal_entity,
  reverses: row.reverses,
  changedAt: row.changed_at,
  fields: row.fields,
});
