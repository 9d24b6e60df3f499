import type { ErpCommand } from '@tieout/canonical';
import type { OrderDifference } from '@tieout/connector-erp';
import type { Finding } from '../cases/case.ts';
import { ORDER_KINDS } from '../cases/kinds.ts';

/** Why the ERP does not hold the order as asked; `code` goes out with the outcome. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** Of the exception; null when it is another service's to raise. */
  readonly kind: (typeof ORDER_KINDS)[number] | null;
  readonly details: Readonly<Record<string, string>>;
}

/** A person reads them; an order may have hundreds. */
const DIFFERENCES_SHOWN = 20;
const MAX_MESSAGE = 1_000;

/** What a person can do about it, by code. */
const CURES: Readonly<Record<string, string>> = {
  'unknown-legal-entity': 'Create the legal entity under this code in the ERP, or correct the contract in the CRM.',
  'unknown-currency': 'Create the currency in the ERP, or correct the contract in the CRM.',
  'unknown-item': 'Create the item under this name in the ERP, or correct the product code in the CRM.',
  'customer-not-in-erp': 'Cure the case customer-not-written of this customer; the order follows by itself.',
  'billed-line': 'Credit what was billed and bill it anew, or take the amendment back in the CRM.',
  'foreign-edit': 'Take the change back in the ERP, or amend the contract in the CRM to say the same.',
  'order-closed': 'Open the order again in the ERP, or end the contract in the CRM.',
  'order-deleted-in-erp': 'End the contract in the CRM, or amend it: a newer command creates the order again.',
};
const ANY_CURE = 'Correct what the ERP says, there or in the CRM; the order is tried again by itself.';

export function refusal(
  { code, message }: { readonly code: string; readonly message: string },
  differences: readonly OrderDifference[] = [],
): Refusal {
  const shown = differences.slice(0, DIFFERENCES_SHOWN).flatMap(({ field, line, theirs, ours }): [string, string][] => {
    const place = line === null ? field : `line ${line} ${field}`;
    return [
      [`${place} erp`, theirs ?? ''],
      [`${place} crm`, ours ?? ''],
    ];
  });
  return {
    ...{ code, message: message.slice(0, MAX_MESSAGE), kind: kindOf(code) },
    details: { cure: CURES[code] ?? ANY_CURE, ...Object.fromEntries(shown) },
  };
}

export function deletedInErp(number: string | null): Refusal {
  return refusal({ code: 'order-deleted-in-erp', message: `order ${number ?? ''} was deleted in the ERP` });
}

/** A contract was withdrawn, and something of its order is left to bill. Whoever took it back raises the exception. */
export function orderStands(number: string): Refusal {
  const message = `order ${number} stands in the ERP with something left to bill`;
  return { code: 'order-stands', message, kind: null, details: {} };
}

function kindOf(code: string): Refusal['kind'] {
  if (code === 'order-deleted-in-erp') return code;
  return code === 'foreign-edit' || code === 'order-closed' ? 'foreign-edit' : 'order-not-written';
}

/** The exception for a refusal, for a person who knows neither system's ids. */
export function findingOf(
  { code, message, kind, details }: Refusal,
  { contractNumber, customerId, net, currency }: Pick<ErpCommand, 'contractNumber' | 'customerId' | 'net' | 'currency'>,
  customerName: string | null,
): Finding | null {
  if (kind === null) return null;
  const who = customerName === null ? customerId : `${customerName} (${customerId})`;
  return {
    kind,
    message: `Contract ${contractNumber} of ${who}: ${message}`.slice(0, MAX_MESSAGE),
    details: { code, contractNumber, customerId, ...(customerName !== null && { customerName }), ...details },
    atStake: { amount: net, currency },
    ...(details['cure'] !== undefined && { cure: details['cure'] }),
  };
}
