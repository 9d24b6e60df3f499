import { compare, contentHash, derivedId, type Contract, type ErpCommand, type ErpOutcome } from '@tieout/canonical';

export const SERVICE = 'order-to-cash';

/**
 * NONE: nothing was asked of the ERP; WAITING: asked, no answer yet; ORDERED: the ERP holds the order as asked; REFUSED: it
 * does not take it, the ERP's adapter says why; WITHDRAWN: taken back, because the contract binds no longer.
 */
export const ORDER_STATES = ['NONE', 'WAITING', 'ORDERED', 'REFUSED', 'WITHDRAWN'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What is kept of a contract for the people who look at its order. */
export type ContractSummary = Pick<
  Contract,
  'number' | 'customerId' | 'legalEntity' | 'currency' | 'net' | 'lifecycle'
> & {
  /** How many amounts are to be billed. */
  readonly billings: number;
};

/** The command that counts. */
export interface Asked {
  readonly type: 'PUT_ORDER' | 'WITHDRAW_ORDER';
  readonly commandId: string;
  readonly contractRevision: bigint;
  /** Of everything that the order takes from the contract; null when it was taken back. */
  readonly hash: string | null;
  readonly requestedAt: string;
}

export type Answer = Omit<ErpOutcome, 'contractId' | 'status'> & { readonly status: 'DONE' | 'REFUSED' };

/** Why a person must look at the contract; `kind` is the kind of the exception. */
export interface Problem {
  readonly kind: 'contract-without-billing' | 'contract-withdrawn';
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  readonly atStake?: { readonly amount: string; readonly currency: string };
}

/** A contract and how far its order is. */
export interface ContractOrder {
  readonly contractId: string;
  /** 0 while only an outcome has been seen: after the loss of this database it may be read before its contract. */
  readonly contractRevision: bigint;
  readonly contract: ContractSummary | null;
  readonly command: Asked | null;
  readonly outcome: Answer | null;
}

export function stateOf({ command, outcome }: ContractOrder): OrderState {
  if (command === null) return 'NONE';
  if (command.type === 'WITHDRAW_ORDER') return 'WITHDRAWN';
  // An outcome of an earlier command says nothing about this one.
  if (outcome?.commandId !== command.commandId) return 'WAITING';
  return outcome.status === 'DONE' ? 'ORDERED' : 'REFUSED';
}

/**
 * Takes in a newer revision of the contract. An ACTIVE one that is to be billed asks for its order, once per content: a
 * revision that changes nothing of the order asks for nothing. One that binds no longer takes back what was asked.
 * @param at when the revision was published, ISO. Not the clock: asked again after the loss of this database, the command
 *   must be the same event.
 */
export function takeContract(
  before: ContractOrder,
  contract: Contract,
  at: string,
): { readonly next: ContractOrder; readonly command: ErpCommand | null } {
  const { number, customerId, legalEntity, currency, net, lifecycle, revision } = contract;
  const billings = contract.billingSchedule.length;
  const summary = { number, customerId, legalEntity, currency, net, lifecycle, billings };
  const next = { ...before, contractRevision: revision, contract: summary };
  const asked = askedOf(before, contract, summary, at);
  if (asked === null) return { next, command: null };
  const { type, hash, order } = asked;
  const commandId = derivedId(`${SERVICE}/${type}`, contract.contractId, revision.toString());
  const command = { ...order, commandId, type, contractRevision: revision, invoiceDate: null, requestedAt: at };
  return {
    next: { ...next, command: { type, commandId, contractRevision: revision, hash, requestedAt: at } },
    command,
  };
}

type OrderTerms = Omit<ErpCommand, 'commandId' | 'type' | 'contractRevision' | 'requestedAt' | 'invoiceDate'>;

/** What is to be asked now, or null when nothing new is. */
function askedOf(
  { command }: ContractOrder,
  contract: Contract,
  summary: ContractSummary,
  at: string,
): (Pick<Asked, 'type' | 'hash'> & { readonly order: OrderTerms }) | null {
  const order = orderOf(contract, at);
  switch (summary.lifecycle) {
    case 'UNKNOWN': // Newer than we are: whether it binds is not known.
      return null;
    case 'ACTIVE': {
      const hash = contentHash(order);
      return isToBeBilled(summary) && hash !== command?.hash ? { type: 'PUT_ORDER', hash, order } : null;
    }
    default:
      return command?.type === 'PUT_ORDER' ? { type: 'WITHDRAW_ORDER', hash: null, order } : null;
  }
}

function isToBeBilled({ billings, net }: ContractSummary): boolean {
  return billings > 0 && compare(net, '0') > 0;
}

/** What the order takes from the contract. */
function orderOf(contract: Contract, at: string): OrderTerms {
  const { contractId, number, customerId, legalEntity, currency, startDate, net, billingSchedule } = contract;
  // The day of the revision serves one that is taken back without ever having had another.
  const first = billingSchedule.map(({ billOn }) => billOn).toSorted()[0] ?? at.slice(0, 10);
  return {
    contractId,
    contractNumber: number,
    customerId,
    legalEntity,
    currency,
    orderDate: startDate ?? first,
    net,
    lines: billingSchedule.map((line) => ({
      billingId: line.billingId,
      billOn: line.billOn,
      itemCode: line.productCode,
      description: line.description,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      net: line.net,
    })),
  };
}

/** What became of an outcome. */
export type Taken =
  | { readonly kind: 'applied'; readonly next: ContractOrder }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'ignored'; readonly reason: string };

/** Takes in an outcome. The newest counts: a command that was refused may be done later. */
export function takeOutcome(before: ContractOrder, { contractId: _contractId, ...outcome }: ErpOutcome): Taken {
  const { status, commandId, contractRevision } = outcome;
  const newest = [before.command?.contractRevision ?? 0n, before.outcome?.contractRevision ?? 0n].reduce((a, b) =>
    a > b ? a : b,
  );
  if (outcome.commandType === 'BILL_ORDER') return { kind: 'ignored', reason: 'about an invoice' };
  if (contractRevision < newest) return { kind: 'superseded' };
  if (status === 'UNKNOWN') return { kind: 'ignored', reason: 'unknown status' };
  if (status === 'SUPERSEDED') return { kind: 'ignored', reason: 'a later command took its place' };
  if (before.command?.contractRevision === contractRevision && before.command.commandId !== commandId)
    return { kind: 'ignored', reason: 'not our command' };
  return { kind: 'applied', next: { ...before, outcome: { ...outcome, status } } };
}

/** What a person must look at now, or null. */
export function problemOf({ contract, command, outcome }: ContractOrder): Problem | null {
  if (contract === null) return null;
  if (command?.type === 'WITHDRAW_ORDER') {
    if (outcome === null) return null;
    // Until the ERP answers, what it said last counts.
    const answered = outcome.commandId === command.commandId;
    const stands = answered ? outcome.status === 'REFUSED' : outcome.orderId !== null;
    return stands ? withdrawn(contract, outcome.orderNumber) : null;
  }
  if (contract.lifecycle !== 'ACTIVE') return null;
  if (isToBeBilled(contract)) return null;
  const { number, billings, net, currency } = contract;
  const why = billings === 0 ? 'nothing to bill' : `${net} ${currency} to bill`;
  return {
    kind: 'contract-without-billing',
    message: `Contract ${number} is active with ${why}: give it billing lines in the CRM`,
    details: { contractNumber: number, billingLines: String(billings), net, currency },
  };
}

function withdrawn({ number, lifecycle, net: amount, currency }: ContractSummary, orderNumber: string | null): Problem {
  return {
    kind: 'contract-withdrawn',
    message: `Contract ${number} is ${lifecycle} and order ${orderNumber ?? ''} stands in the ERP: close it there or activate the contract again`,
    details: { contractNumber: number, lifecycle, ...(orderNumber !== null && { orderNumber }) },
    atStake: { amount, currency },
  };
}
