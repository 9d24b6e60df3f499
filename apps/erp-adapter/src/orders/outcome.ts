import { derivedId, type ErpOutcome } from '@tieout/canonical';
import type { NewEvent } from '@tieout/messaging';
import { SERVICE } from '../cases/case.ts';

/** The command that an outcome answers. */
export interface Answered {
  readonly commandId: string;
  readonly contractId: string;
  readonly revision: bigint;
}

export type Answer = Pick<ErpOutcome, 'status' | 'orderId' | 'orderNumber' | 'code' | 'message'> & Partial<Extra>;

/** What only an answer about an invoice has, or one that follows a decision. */
type Extra = Pick<ErpOutcome, 'commandType' | 'invoiceId' | 'invoiceNumber' | 'documentDate' | 'decisionId'>;

const none: Extra = {
  ...{ commandType: null, invoiceId: null, invoiceNumber: null, documentDate: null, decisionId: null },
};

/**
 * What became of a command, as an event. Its id contains the instant: found out again after the loss of this database it is
 * another event, and not the same one with other content.
 * @param at ISO instant
 */
export function outcomeEvent(
  instance: string,
  { commandId, contractId, revision }: Answered,
  answer: Answer,
  at: string,
): NewEvent<'finance.erp-outcome.v1'> {
  const outcomeId = derivedId(`${SERVICE}/outcome`, commandId, `${answer.status}/${at}`);
  const value = { outcomeId, commandId, contractId, contractRevision: revision, instance, ...none, ...answer, at };
  return { topic: 'finance.erp-outcome.v1', key: contractId, id: outcomeId, value };
}

/** The answer to a command that counts no longer. */
export const supersededAnswer: Answer = {
  status: 'SUPERSEDED',
  orderId: null,
  orderNumber: null,
  code: null,
  message: null,
};
