import type { Erp, StandingBill } from '@tieout/connector-erp';
import {
  DataError,
  inTransaction,
  TransientError,
  type Exceptions,
  type Outbox,
  type WorkHandler,
  type WorkItem,
} from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { examination } from '../cases/case.ts';
import { loadOrders } from '../orders/order-link.store.ts';
import { outcomeEvent } from '../orders/outcome.ts';
import { choiceOf, dropChoice, type PeriodChoice } from '../periods/period-choice.store.ts';
import { isPeriodClosed, nextOpenDate, PERIOD_CLOSED, standingOf } from '../periods/period.ts';
import { periodsOf } from '../periods/period.store.ts';
import { BILL_KINDS, billFinding, billSubject, NOT_BY_INTERFACE, type BillRefusal } from './bill-case.ts';
import { loadBills, saveBill, type BillLink } from './bill-link.store.ts';
import { planBill } from './bill-plan.ts';

export interface Billing {
  readonly erp: Pick<Erp, 'instance' | 'orderWriter' | 'billWriter'>;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly onBill: (outcome: 'made' | 'found' | 'waiting' | 'refused' | 'rejected') => void;
}

/** How a bill stands after a look at it. */
type Look =
  | { readonly state: 'DONE'; readonly bill: StandingBill; readonly isNew: boolean }
  | { readonly state: 'WAITING_FOR_ORDER' | 'REJECTED' }
  | { readonly state: 'REFUSED'; readonly refusal: BillRefusal };

/**
 * Has one invoice made as its command asks, once: looks under the command's key before it makes anything, so that an attempt whose
 * answer was lost, and a command that came again, find what there is. A date in a closed period is never tried again by itself: people
 * decide, and the invoice is then made as they did.
 */
export function makeBill(billing: Billing): WorkHandler {
  return async (item) => {
    const { commandId } = item.payload as { commandId: string };
    const { manager } = billing.dataSource;
    const [link] = await loadBills(manager, billing.erp.instance, [commandId]);
    if (!link) throw new DataError('bill-unknown', `No command ${commandId} has been received`);
    if (link.state === 'DONE' || link.state === 'REJECTED') return;
    const choice = await choiceOf(manager, billing.erp.instance, commandId);
    const look = await lookAt(billing, link, choice, item.signal);
    await inTransaction(billing.dataSource, async (tx) => {
      await store(billing, tx, item, link, choice, look);
      await item.complete(tx);
    });
  };
}

async function lookAt(
  billing: Billing,
  link: BillLink,
  choice: PeriodChoice | null,
  signal: AbortSignal,
): Promise<Look> {
  const { billWriter } = billing.erp;
  if (!billWriter) return refused(NOT_BY_INTERFACE, 'the ERP has no interface that bills an order: people do it there');
  try {
    const made = await billWriter.find(link.commandId, signal);
    if (made) return { state: 'DONE', bill: made, isNew: false };
    if (choice?.kind === 'reject') return { state: 'REJECTED' };
    return await make(billing, link, choice, signal);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    if (isPeriodClosed(error)) return periodClosed(billing, link, choice, error.message);
    return refused(error.code, error.message);
  }
}

async function make(billing: Billing, link: BillLink, choice: PeriodChoice | null, signal: AbortSignal): Promise<Look> {
  const { orderWriter, billWriter, instance } = billing.erp;
  const { commandId, contractId, command } = link;
  const order = await orderWriter.read(contractId, signal);
  if (!order) return withoutOrder(billing, contractId);
  const plan = planBill(command, order);
  if (plan.kind === 'refused') return refused(plan.code, plan.message);
  const date = choice?.kind === 'on' ? choice.date : plan.date;
  // Who says that it was opened again knows more than the last reading of the periods.
  if (choice?.kind !== 'as-asked') {
    const standing = standingOf(date, await periodsOf(billing.dataSource.manager, instance, command.legalEntity));
    if (standing.kind === 'closed')
      return periodClosed(billing, link, choice, `${date} is in period ${standing.period}, which is closed`);
  }
  await billWriter!.bill({ commandId, orderId: order.id, lines: plan.lines, date }, signal);
  const bill = await billWriter!.find(commandId, signal);
  if (!bill) throw new TransientError('bill-not-visible', `The invoice of command ${commandId} cannot be read yet`);
  return { state: 'DONE', bill, isNew: true };
}

/** Its order is on its way, or something keeps it out of the ERP. */
async function withoutOrder({ dataSource, erp }: Billing, contractId: string): Promise<Look> {
  const [order] = await loadOrders(dataSource.manager, erp.instance, [contractId]);
  if (order?.state === 'ASKED' || order?.state === 'WAITING_FOR_CUSTOMER') return { state: 'WAITING_FOR_ORDER' };
  return refused('order-not-in-erp', 'the ERP has no order of this contract');
}

/** @param message why, in the words of whoever said it */
async function periodClosed(
  { dataSource, erp }: Billing,
  { command }: BillLink,
  choice: PeriodChoice | null,
  message: string,
): Promise<Look> {
  const date = choice?.kind === 'on' ? choice.date : command.invoiceDate;
  const periods = await periodsOf(dataSource.manager, erp.instance, command.legalEntity);
  const next = date === null ? null : nextOpenDate(date, periods);
  const details = { ...(date !== null && { date }), ...(next !== null && { nextOpenDate: next }) };
  return { state: 'REFUSED', refusal: { code: PERIOD_CLOSED, message, details } };
}

const refused = (code: string, message: string): Look => ({ state: 'REFUSED', refusal: { code, message } });

const RESOLUTIONS: Readonly<Record<Look['state'], string>> = {
  DONE: 'The ERP holds the invoice.',
  REFUSED: 'The invoice is refused for another reason.',
  WAITING_FOR_ORDER: 'The invoice waits for its order.',
  REJECTED: 'A person decided that the invoice is not made.',
};

/** Stores a look at the bill, with what it says to others: outcome, case. */
async function store(
  { erp, outbox, exceptions, onBill }: Billing,
  tx: EntityManager,
  { cause }: WorkItem,
  { commandId, contractId, revision }: BillLink,
  choice: PeriodChoice | null,
  look: Look,
): Promise<void> {
  const { instance } = erp;
  const current = (await loadBills(tx, instance, [commandId], true))[0]!;
  const refusal = look.state === 'REFUSED' ? look.refusal : null;
  const code = refusal?.code ?? null;
  await saveBill(tx, instance, commandId, { state: look.state, code, bill: look.state === 'DONE' ? look.bill : null });
  if (code === PERIOD_CLOSED && choice !== null) await dropChoice(tx, instance, commandId);
  onBill(reportOf(look));
  const isNews = current.state !== look.state || current.code !== code;
  if (isNews && look.state !== 'WAITING_FOR_ORDER') {
    const answer = answerOf(erp, current, choice, look);
    const event = outcomeEvent(instance, { commandId, contractId, revision }, answer, new Date().toISOString());
    await outbox.publish(tx, [cause ? { ...event, cause } : event]);
  }
  const examined = [{ subject: billSubject(instance, commandId), finding: refusal && billFinding(refusal, current) }];
  await exceptions.examined(tx, examination(examined, { kinds: BILL_KINDS, resolution: RESOLUTIONS[look.state] }));
}

function reportOf(look: Look): Parameters<Billing['onBill']>[0] {
  if (look.state === 'DONE') return look.isNew ? 'made' : 'found';
  return look.state === 'WAITING_FOR_ORDER' ? 'waiting' : look.state === 'REJECTED' ? 'rejected' : 'refused';
}

function answerOf(
  { billWriter }: Billing['erp'],
  { command }: BillLink,
  choice: PeriodChoice | null,
  look: Look,
): Parameters<typeof outcomeEvent>[2] {
  const about = {
    ...({
      commandType: 'BILL_ORDER',
      orderId: null,
      orderNumber: null,
      decisionId: choice?.decisionId ?? null,
    } as const),
  };
  if (look.state === 'DONE') {
    const { id, number, date } = look.bill;
    const invoice = { invoiceId: billWriter!.idOf(id), invoiceNumber: number };
    const documentDate = date === command.invoiceDate ? null : date;
    return { ...about, ...invoice, status: 'DONE', documentDate, code: null, message: null };
  }
  const { code, message } = look.state === 'REFUSED' ? look.refusal : REJECTION;
  return { ...about, status: 'REFUSED', code, message: message.slice(0, 1_000) };
}

const REJECTION = { code: 'rejected-by-decision', message: 'A person decided that the invoice is not made.' };
