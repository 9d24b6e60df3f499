import { isDate, type Decision } from '@tieout/canonical';
import { DataError, type Enqueue, type ExceptionAction, type ExceptionKind } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { loadBills, type BillLink } from '../bills/bill-link.store.ts';
import { lookAtBills } from '../bills/bill.consumer.ts';
import { keepChoice, type PeriodChoice } from './period-choice.store.ts';
import { nextOpenDate, PERIOD_CLOSED, standingOf } from './period.ts';
import { periodsOf } from './period.store.ts';

/** An ERP instance and its work. */
interface InstanceQueue {
  readonly instance: string;
  readonly queue: Enqueue;
}

/** What people decide about a document whose period is closed. */
export function periodClosedKind(instances: readonly InstanceQueue[], ownerGroup: string): ExceptionKind {
  const decide = (choose: Choose): ExceptionAction['apply'] => applied(instances, choose);
  return {
    ...{ kind: PERIOD_CLOSED, severity: 'WARNING', ownerGroup, dueHours: 24 },
    cure: 'Decide: the next open period, the same date once the period has been opened again, or no document.',
    actions: {
      'next-open-period': {
        does: 'Makes the document on the first day of the next open period, or on the `date` that is stated.',
        needsReason: false,
        apply: decide(chooseDate),
      },
      reopened: {
        does: 'Tries the date that was asked again: the period has been opened again in the ERP.',
        needsReason: false,
        apply: decide((_tx, _instance, _bill, { decisionId }) => Promise.resolve({ kind: 'as-asked', decisionId })),
      },
      reject: {
        does: 'Makes no document; whoever asked for it is told.',
        needsReason: true,
        apply: decide((_tx, _instance, _bill, { decisionId }) => Promise.resolve({ kind: 'reject', decisionId })),
      },
    },
  };
}

type Choose = (tx: EntityManager, instance: string, bill: BillLink, decision: Decision) => Promise<PeriodChoice>;

/** The case stays open until the work has worked. */
function applied(instances: readonly InstanceQueue[], choose: Choose): ExceptionAction['apply'] {
  return async (tx, { objectId: commandId, details }, decision) => {
    const found = instances.find(({ instance }) => instance === details['instance']);
    const [bill] = found ? await loadBills(tx, found.instance, [commandId], true) : [];
    if (!found || !bill) throw new DataError('nothing-to-decide', `Nothing is known of the bill ${commandId}.`);
    await keepChoice(tx, found.instance, commandId, await choose(tx, found.instance, bill, decision));
    await found.queue.enqueue(tx, lookAtBills(`decision/${decision.decisionId}`, [bill]));
    return null;
  };
}

const chooseDate: Choose = async (tx, instance, { command }, { decisionId, parameters }) => {
  const periods = await periodsOf(tx, instance, command.legalEntity);
  const stated = parameters['date'];
  if (stated === undefined) {
    const next = nextOpenDate(command.invoiceDate ?? '', periods);
    if (next !== null) return { kind: 'on', date: next, decisionId };
    throw new DataError('no-open-period', 'No later open period is known: state a `date`, or open one in the ERP.');
  }
  if (!isDate(stated)) throw new DataError('invalid-date', `${JSON.stringify(stated)} is no date YYYY-MM-DD.`);
  const standing = standingOf(stated, periods);
  if (standing.kind === 'closed')
    throw new DataError('period-closed', `${stated} is in period ${standing.period}, which is closed.`);
  return { kind: 'on', date: stated, decisionId };
};
