import type { Finding, Subject } from '../cases/case.ts';
import { PERIOD_CLOSED } from '../periods/period.ts';
import type { BillLink } from './bill-link.store.ts';

/** A command that bills and was not carried out. */
export const BILL_NOT_MADE = 'bill-not-made';
/** Looking at a bill raises one of them or resolves them all. */
export const BILL_KINDS = [BILL_NOT_MADE, PERIOD_CLOSED];

export const NOT_BY_INTERFACE = 'not-by-interface';
/** What is never tried again by itself: a person has to decide, or to bill. */
export const PEOPLE_DECIDE: readonly string[] = [PERIOD_CLOSED, NOT_BY_INTERFACE];

/** Why an invoice was not made. */
export interface BillRefusal {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, string>>;
}

const MAX_MESSAGE = 1_000;
const CURES: Readonly<Record<string, string>> = {
  [NOT_BY_INTERFACE]: 'Bill the order in the ERP itself, then resolve the case.',
  'order-not-in-erp': 'Cure the case of the order of this contract; the bill follows by itself.',
  'billed-line': 'Look who billed it: credit that, or resolve the case when it is what was asked.',
};

export function billSubject(instance: string, commandId: string): Subject {
  return { instance, objectType: 'bill', vendorId: commandId, objectId: commandId };
}

/** The exception for a refusal, for a person who knows neither system's ids. */
export function billFinding({ code, message, details = {} }: BillRefusal, { command }: BillLink): Finding {
  const { contractId, contractNumber, customerId, legalEntity, net, currency, invoiceDate } = command;
  return {
    kind: code === PERIOD_CLOSED ? PERIOD_CLOSED : BILL_NOT_MADE,
    message: `Invoice over ${net} ${currency} of contract ${contractNumber}: ${message}`.slice(0, MAX_MESSAGE),
    details: {
      ...{ code, contractId, contractNumber, customerId, legalEntity },
      ...(invoiceDate !== null && { invoiceDate }),
      ...details,
    },
    atStake: { amount: net, currency },
    ...(CURES[code] !== undefined && { cure: CURES[code] }),
  };
}
