import { compare } from '@tieout/canonical';
import { refuse, type MappingProblem } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';
import { isReversalPair, settlementsOf, type Settlement } from './clearing.ts';

/** Items of customers' accounts that have been read together: of some documents, and all that says how those stand. */
export interface Account {
  readonly items: readonly AccountItem[];
  /** @throws Refusal when an item of the billing or accounting document cannot be read */
  mustBeReadable(id: string): void;
  ofDocument(document: string): readonly AccountItem[];
  ofBilling(billingDocument: string): readonly AccountItem[];
  /** Items of other documents that name the item as the one they belong to. */
  naming(item: AccountItem): readonly AccountItem[];
  /** What settled or was settled in the clearing of an item; nothing of an open one. @throws Refusal `does-not-add-up` */
  settlements(item: AccountItem): readonly Settlement[];
  /** Whether the item was cleared with nothing but its own reversal. */
  isUndone(item: AccountItem): boolean;
  /** The billing document at the beginning of a chain of rests; null when it began with something else. */
  billingOf(item: AccountItem): string | null;
}

/** A row that is no item: what it belongs to cannot be told how it stands. */
export interface UnreadableItem {
  readonly document: string;
  readonly billingDocument: string | null;
  readonly problem: MappingProblem;
}

export const keyOf = ({ document, number }: AccountItem): string => `${document}/${number}`;

export function accountOf(items: readonly AccountItem[], unreadable: readonly UnreadableItem[] = []): Account {
  const unique = [...new Map(items.map((item) => [keyOf(item), item])).values()];
  const by = (key: (item: AccountItem) => string | null): Map<string | null, AccountItem[]> => Map.groupBy(unique, key);
  const [documents, billings, references, clearings] = [
    by(({ document }) => document),
    by(({ billingDocument }) => billingDocument),
    by(({ reference }) => reference),
    by(({ clearing }) => clearing),
  ];
  const ofDocument = (document: string): readonly AccountItem[] => documents.get(document) ?? [];
  return {
    items: unique,
    mustBeReadable: (id) => {
      const found = unreadable.find(({ document, billingDocument }) => document === id || billingDocument === id);
      if (found) refuse(found.problem.code, found.problem.field, found.problem.message);
    },
    ofDocument,
    ofBilling: (billing) => (billings.get(billing) ?? []).filter(({ isCustomerItem }) => isCustomerItem),
    naming: (item) =>
      (references.get(item.document) ?? []).filter(
        (other) => other.document !== item.document && names(other, item.number),
      ),
    settlements: (item) =>
      item.clearing === null
        ? []
        : settlementsOf(clearings.get(item.clearing) ?? []).filter(
            ({ credit, debit }) => keyOf(credit) === keyOf(item) || keyOf(debit) === keyOf(item),
          ),
    isUndone: (item) => item.clearing !== null && isReversalPair(clearings.get(item.clearing) ?? []),
    billingOf: (item) => originOf(ofDocument, item, new Set()),
  };
}

const names = ({ referenceItem }: AccountItem, number: string): boolean =>
  referenceItem === null || Number(referenceItem) === Number(number);

function originOf(ofDocument: Account['ofDocument'], item: AccountItem, seen: Set<string>): string | null {
  if (item.billingDocument !== null) return item.billingDocument;
  if (item.reference === null || seen.has(keyOf(item))) return null;
  seen.add(keyOf(item));
  const origin = ofDocument(item.reference).find(({ number }) => names(item, number));
  return origin === undefined ? null : originOf(ofDocument, origin, seen);
}

/**
 * Rests that were carried on when a document of this side was cleared: a residual item of an invoice, what a transfer left of a
 * payment. They belong to it, and so do their own rests.
 * @param side 1 of debits, -1 of credits
 */
export function restsOf(account: Account, own: readonly AccountItem[], side: 1 | -1): readonly AccountItem[] {
  const isRest = (item: AccountItem): boolean =>
    item.billingDocument === null && item.isCustomerItem && compare(item.amount, '0') === side;
  const found = new Map<string, AccountItem>();
  for (const queue = [...own]; queue.length > 0;) {
    const item = queue.shift();
    for (const rest of item === undefined ? [] : account.naming(item).filter(isRest)) {
      if (found.has(keyOf(rest))) continue;
      found.set(keyOf(rest), rest);
      queue.push(rest);
    }
  }
  return [...found.values()];
}
