import type { AskedOrder, Erp, OrderPlan, StandingOrder } from '@tieout/connector-erp';
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
import { examination, type Subject } from '../cases/case.ts';
import { ORDER_KINDS } from '../cases/kinds.ts';
import { keepProposal } from '../proposals/proposal.store.ts';
import { customerStanding, type CustomerStanding } from './customer-standing.store.ts';
import { loadOrders, saveAttempt, saveLook, type Found, type OrderLink } from './order-link.store.ts';
import { unclaimedSubject } from './no-instance.ts';
import { outcomeEvent, type Answer } from './outcome.ts';
import { isOpen, lastWritten, nextStep } from './plan.ts';
import { deletedInErp, findingOf, orderStands, refusal, type Refusal } from './refusal.ts';

export interface OrderPut {
  readonly erp: Pick<Erp, 'instance' | 'orderWriter' | 'customerWriter'>;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly onOrder: (outcome: 'created' | 'changed' | 'equal' | 'waiting' | 'refused' | 'withdrawn') => void;
}

/** How the order stands after a look at it, and what is known of the ERP's record. */
type Look = { readonly found: Found } & (
  | { readonly state: 'DONE' | 'WAITING_FOR_CUSTOMER'; readonly refusal: null }
  | { readonly state: 'REFUSED'; readonly refusal: Refusal }
  | { readonly state: 'WITHDRAWN'; readonly refusal: Refusal | null }
);

/**
 * Has one order stand in the ERP as its newest command asks. Reads first, so an attempt whose outcome is unknown is simply
 * looked at; writes under a key of ours, so that what came of it can be found; never overwrites what somebody else changed, never
 * creates again what somebody deleted. What the ERP refuses becomes an outcome and a case, and not a failed item: that
 * would hold back the next command, which may be the cure.
 */
export function putOrder(put: OrderPut): WorkHandler {
  return async (item) => {
    const { contractId } = item.payload as { contractId: string };
    const before = await linkOf(put, contractId);
    const customer = await standingOf(put, before);
    // A command that takes the order back needs no customer.
    if (before.command.type === 'WITHDRAW_ORDER') return finish(put, item, before, customer);
    if (customer.kind === 'written') return finish(put, item, before, customer);
    // First it says that it waits, then it looks once more: who writes the customer now either sees that, or is seen.
    await inTransaction(put.dataSource, (tx) => store(put, tx, item, before, customer, waiting(before, customer)));
    const link = await linkOf(put, contractId);
    const again = await standingOf(put, link);
    if (again.kind === 'written') await finish(put, item, link, again);
  };
}

async function linkOf({ dataSource, erp }: OrderPut, contractId: string): Promise<OrderLink> {
  const [link] = await loadOrders(dataSource.manager, erp.instance, [contractId]);
  if (!link) throw new DataError('order-unknown', `No command for contract ${contractId} has been received`);
  return link;
}

function standingOf({ dataSource, erp }: OrderPut, { customerId, command }: OrderLink): Promise<CustomerStanding> {
  // Where a customer is extended to one legal entity after another, he must have come to this one.
  const legalEntity = erp.customerWriter.extend ? command.legalEntity : null;
  return customerStanding(dataSource.manager, erp.instance, customerId, legalEntity);
}

function waiting(link: OrderLink, customer: CustomerStanding): Look {
  if (customer.kind !== 'refused') return { state: 'WAITING_FOR_CUSTOMER', found: link, refusal: null };
  return {
    state: 'REFUSED',
    found: link,
    refusal: refusal({ code: 'customer-not-in-erp', message: customer.message }),
  };
}

async function finish(put: OrderPut, item: WorkItem, link: OrderLink, customer: CustomerStanding): Promise<void> {
  const takenBack = link.command.type === 'WITHDRAW_ORDER';
  const look = await (takenBack ? withdraw(put, link, item.signal) : bring(put, link, item.signal));
  await inTransaction(put.dataSource, async (tx) => {
    await store(put, tx, item, link, customer, look);
    await item.complete(tx);
  });
}

async function bring(put: OrderPut, link: OrderLink, signal: AbortSignal): Promise<Look> {
  let found: Found = { ...link, attempted: null };
  try {
    const asked = await put.erp.orderWriter.asked(link.command, signal);
    const standing = await read(put, link, signal);
    if (standing) found = { ...found, vendorId: standing.id, number: standing.number };
    found = { ...found, written: lastWritten(link, standing) };
    const step = nextStep(link, asked, standing);
    switch (step.kind) {
      case 'deleted':
        return refused(found, deletedInErp(link.number));
      case 'refused':
        return refused(found, refusal(step.refusal, step.differences));
      case 'done':
        put.onOrder('equal');
        return done(link, found, asked);
      case 'create':
      case 'change':
        return await write(put, { link, asked, standing, before: found, plan: step }, signal);
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return refused(found, refusal(error));
  }
}

/** Nothing is created any more. What stands is left to people: it may be billed in part, or be a matter of dispute. */
async function withdraw(put: OrderPut, link: OrderLink, signal: AbortSignal): Promise<Look> {
  const standing = await read(put, link, signal);
  const found = { ...link, vendorId: standing?.id ?? null, number: standing?.number ?? null };
  return { state: 'WITHDRAWN', found, refusal: isOpen(standing) ? orderStands(standing.number) : null };
}

interface Write {
  readonly link: OrderLink;
  readonly asked: AskedOrder;
  readonly standing: StandingOrder | null;
  readonly before: Found;
  readonly plan: Extract<OrderPlan, { readonly kind: 'create' | 'change' }>;
}

/** Writes, and reads what came of it: done is what the ERP holds, not what it was told. */
async function write(put: OrderPut, { link, asked, plan, before, ...was }: Write, signal: AbortSignal): Promise<Look> {
  const { content } = asked;
  const { instance, orderWriter } = put.erp;
  const attempt = { confirmed: before.written, attempted: content };
  await inTransaction(put.dataSource, (tx) => saveAttempt(tx, instance, link, attempt));
  await orderWriter.write(asked, plan, was.standing, signal);
  const standing = await read(put, link, signal);
  if (!standing)
    throw new TransientError('order-not-visible', `The order of contract ${link.contractId} cannot be read yet`);
  const { id: vendorId, number } = standing;
  const found = { ...before, vendorId, number };
  const result = done(link, found, asked);
  const step = nextStep({ ...result.found, revision: link.revision }, asked, standing);
  if (step.kind === 'refused') return refused(result.found, refusal(step.refusal, step.differences));
  put.onOrder(before.vendorId === vendorId ? 'changed' : 'created');
  return result;
}

function done({ revision }: OrderLink, found: Found, { content }: AskedOrder): Look {
  return { state: 'DONE', found: { ...found, written: content, writtenRevision: revision }, refusal: null };
}

function refused(found: Found, why: Refusal): Look {
  return { state: 'REFUSED', found, refusal: why };
}

function read({ erp }: OrderPut, { contractId }: OrderLink, signal: AbortSignal): Promise<StandingOrder | null> {
  return erp.orderWriter.read(contractId, signal);
}

const REPORTED = { REFUSED: 'refused', WAITING_FOR_CUSTOMER: 'waiting', WITHDRAWN: 'withdrawn' } as const;
const RESOLUTIONS: Readonly<Record<Look['state'], string>> = {
  DONE: 'The ERP holds the order as asked.',
  REFUSED: 'The order is refused for another reason.',
  WAITING_FOR_CUSTOMER: 'The cause is gone: the order waits for its customer.',
  WITHDRAWN: 'The contract was withdrawn.',
};

/** Stores a look at the order. When a newer command has come meanwhile, it only keeps what is known of the record. */
async function store(
  { erp, outbox, exceptions, onOrder }: OrderPut,
  tx: EntityManager,
  { cause }: WorkItem,
  { contractId, commandId, command }: OrderLink,
  customer: CustomerStanding,
  look: Look,
): Promise<void> {
  const { instance } = erp;
  const { state, found, refusal: why } = look;
  const current = (await loadOrders(tx, instance, [contractId], true))[0]!;
  const counts = current.commandId === commandId;
  const standing = { state, code: why?.code ?? null };
  await saveLook(tx, instance, contractId, found, counts ? standing : current);
  if (!counts) return;
  if (current.state === 'PROPOSED') await keepProposal(tx, { instance, flow: 'orders', objectId: contractId }, null);
  if (state !== 'DONE') onOrder(REPORTED[state]);
  const isNews = current.state !== standing.state || current.code !== standing.code;
  if (isNews && state !== 'WAITING_FOR_CUSTOMER') {
    const event = outcomeEvent(instance, current, answerOf(erp, look), new Date().toISOString());
    await outbox.publish(tx, [cause ? { ...event, cause } : event]);
  }
  const subject: Subject = { instance, objectType: 'order', vendorId: contractId, objectId: contractId };
  const finding = why && findingOf(why, command, customer.name);
  const examined = [
    { subject, finding },
    { subject: unclaimedSubject(contractId), finding: null },
  ];
  const looked = examination(examined, { kinds: ORDER_KINDS, resolution: RESOLUTIONS[state] });
  await exceptions.examined(tx, looked);
}

function answerOf({ orderWriter }: OrderPut['erp'], { found: { vendorId, number }, refusal: why }: Look): Answer {
  const stands = vendorId !== null && why?.kind !== 'order-deleted-in-erp';
  return {
    status: why ? 'REFUSED' : 'DONE',
    orderId: stands ? orderWriter.idOf(vendorId) : null,
    orderNumber: stands ? number : null,
    code: why?.code ?? null,
    message: why?.message ?? null,
  };
}
