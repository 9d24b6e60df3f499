import type { ErpCommand } from '@tieout/canonical';
import { applied, ignored, type ConsumerSpec, type Exceptions, type Outbox } from '@tieout/messaging';
import { examination, type Examined } from '../cases/case.ts';
import { NO_INSTANCE, unclaimedSubject } from './no-instance.ts';
import { outcomeEvent } from './outcome.ts';
import { findingOf, refusal } from './refusal.ts';

export interface Unclaimed {
  /** Whether some instance of this adapter holds orders of the legal entity. */
  isClaimed(legalEntity: string): boolean;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
}

/** Commands that no instance takes are answered: otherwise the contract would wait for an order that nobody makes. */
export function unclaimedCommands({
  isClaimed,
  outbox,
  exceptions,
}: Unclaimed): ConsumerSpec<'finance.erp-command.v1'> {
  return {
    topic: 'finance.erp-command.v1',
    async handle(deliveries, tx) {
      const ours = deliveries.flatMap(({ value, meta }) =>
        value && !isClaimed(value.legalEntity) ? [{ command: value, meta }] : [],
      );
      const events = ours.map(({ command, meta }) => {
        const { commandId, contractId, contractRevision: revision } = command;
        const { code, message } = whyOf(command);
        const commandType = command.type === 'BILL_ORDER' ? command.type : null;
        const answer = { commandType, status: 'REFUSED', code, message, orderId: null, orderNumber: null } as const;
        return { ...outcomeEvent(NO_INSTANCE, { commandId, contractId, revision }, answer, meta.time), cause: meta };
      });
      await outbox.publish(tx, events);
      const looked = ours.map(({ command }) => examine(command));
      await exceptions.examined(tx, examination(looked, { kinds: [], resolution: '' }));
      return deliveries.map(({ value }) =>
        value && !isClaimed(value.legalEntity) ? applied : ignored(value ? 'taken by an instance' : 'empty'),
      );
    },
  };
}

function whyOf({ legalEntity }: ErpCommand): { readonly code: string; readonly message: string } {
  const message = `no ERP is configured for the legal entity ${JSON.stringify(legalEntity)}: name it in ERP_INSTANCES, or correct the contract in the CRM`;
  return { code: 'unknown-legal-entity', message };
}

function examine(command: ErpCommand): Examined {
  return { subject: unclaimedSubject(command.contractId), finding: findingOf(refusal(whyOf(command)), command, null) };
}
