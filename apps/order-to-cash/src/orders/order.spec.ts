import type { Contract, ErpOutcome } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { exceptionOf } from './case.ts';
import { problemOf, stateOf, takeContract, takeOutcome, type ContractOrder } from './order.ts';

const at = '2026-03-01T02:00:00.000Z';
const later = '2026-03-02T02:00:00.000Z';
const fresh: ContractOrder = {
  contractId: 'contract',
  contractRevision: 0n,
  contract: null,
  command: null,
  outcome: null,
};

function contract(revision: bigint, more: Partial<Contract> = {}): Contract {
  return {
    ...{ contractId: 'contract', revision, lifecycle: 'ACTIVE', number: '00000101', customerId: 'customer' },
    ...{
      opportunityId: null,
      legalEntity: 'CH',
      currency: 'CHF',
      startDate: '2026-03-01',
      termMonths: 12,
      net: '100.01',
    },
    billingSchedule: [
      line('a', '2026-03-31', '80'),
      { ...line('b', '2026-04-30', '20.01'), productCode: null, productId: null },
    ],
    source: { system: 'salesforce', instance: 'main', entity: 'Contract', id: '800', version: null, changedAt: null },
    ...more,
  };
}

function line(billingId: string, billOn: string, net: string): Contract['billingSchedule'][number] {
  const product = { productId: 'p', productCode: 'SUB-1' };
  return { billingId, billOn, ...product, description: null, quantity: '1', unitPrice: net, net };
}

function outcome(more: Partial<ErpOutcome>): ErpOutcome {
  return {
    ...{
      outcomeId: 'o',
      commandId: 'c',
      contractId: 'contract',
      contractRevision: 1n,
      status: 'DONE',
      instance: 'main',
    },
    ...{ orderId: 'order', orderNumber: 'SO-1', code: null, message: null, at, commandType: null },
    ...{ invoiceId: null, invoiceNumber: null, documentDate: null, decisionId: null },
    ...more,
  };
}

/** The order after these revisions, with the last command. */
function after(...contracts: readonly Contract[]): ReturnType<typeof takeContract> {
  return contracts.reduce((so, next) => takeContract(so.next, next, at), {
    next: fresh,
    command: null,
  } as ReturnType<typeof takeContract>);
}

function answered(order: ContractOrder, more: Partial<ErpOutcome> = {}): ContractOrder {
  const { commandId, contractRevision } = order.command!;
  const taken = takeOutcome(order, outcome({ commandId, contractRevision, ...more }));
  if (taken.kind !== 'applied') throw new Error(taken.kind);
  return taken.next;
}

describe('a contract', () => {
  it('asks for its order when it is active', () => {
    const { next, command } = after(contract(3n));
    expect(command).toMatchObject({
      ...{
        type: 'PUT_ORDER',
        contractRevision: 3n,
        contractNumber: '00000101',
        orderDate: '2026-03-01',
        net: '100.01',
      },
      ...{ legalEntity: 'CH', currency: 'CHF', customerId: 'customer', requestedAt: at },
      lines: [
        { billingId: 'a', billOn: '2026-03-31', itemCode: 'SUB-1', net: '80' },
        { billingId: 'b', billOn: '2026-04-30', itemCode: null, net: '20.01' },
      ],
    });
    expect(stateOf(next)).toBe('WAITING');
    expect(problemOf(next)).toBeNull();
  });

  it('is ordered on its first billing day when it has no first day', () => {
    const schedule = [line('a', '2026-05-31', '80'), line('b', '2026-04-30', '20.01')];
    expect(after(contract(1n, { startDate: null, billingSchedule: schedule })).command?.orderDate).toBe('2026-04-30');
  });

  it('asks with the same command when the same revision is read again', () => {
    expect(after(contract(3n)).command).toEqual(after(contract(3n)).command);
  });

  it.each(['DRAFT', 'IN_APPROVAL', 'ENDED', 'DELETED', 'UNKNOWN'] as const)(
    'asks for nothing while it is %s',
    (lifecycle) => {
      const { next, command } = after(contract(1n, { lifecycle }));
      expect([command, stateOf(next), problemOf(next)]).toEqual([null, 'NONE', null]);
    },
  );

  it('asks again when something of the order changed, and not otherwise', () => {
    const first = after(contract(1n));
    const renewed = takeContract(first.next, contract(2n, { opportunityId: 'won', termMonths: 24 }), later);
    expect(renewed.command).toBeNull();
    expect(renewed.next).toMatchObject({ contractRevision: 2n, command: { contractRevision: 1n } });
    const amended = takeContract(renewed.next, contract(3n, { net: '120.01' }), later);
    expect(amended.command).toMatchObject({ contractRevision: 3n, net: '120.01' });
    expect(amended.command?.commandId).not.toBe(first.command?.commandId);
    expect(takeContract(amended.next, contract(4n), later).command).toMatchObject({ net: '100.01' });
  });

  it.each([
    ['no lines', { billingSchedule: [], net: '0' }],
    ['lines that add up to nothing', { net: '0' }],
    ['lines that add up to less', { net: '-5' }],
  ])('with %s is a case as long as it is active', (_, more) => {
    const { next, command } = after(contract(1n, more));
    expect([command, stateOf(next)]).toEqual([null, 'NONE']);
    expect(problemOf(next)).toMatchObject({
      kind: 'contract-without-billing',
      details: { contractNumber: '00000101' },
    });
    expect(problemOf(takeContract(next, contract(2n), later).next)).toBeNull();
    expect(problemOf(takeContract(next, contract(2n, { ...more, lifecycle: 'ENDED' }), later).next)).toBeNull();
  });

  it.each(['DRAFT', 'IN_APPROVAL', 'ENDED', 'DELETED'] as const)('takes its order back when it is %s', (lifecycle) => {
    const ordered = answered(after(contract(1n)).next);
    const { next, command } = takeContract(ordered, contract(2n, { lifecycle }), later);
    expect(command).toMatchObject({ type: 'WITHDRAW_ORDER', contractRevision: 2n, requestedAt: later });
    expect(stateOf(next)).toBe('WITHDRAWN');
    expect(takeContract(next, contract(3n, { lifecycle, net: '7' }), later).command).toBeNull();
    const again = takeContract(next, contract(3n), later);
    expect(again.command).toMatchObject({ type: 'PUT_ORDER', contractRevision: 3n });
    expect([stateOf(again.next), problemOf(again.next)]).toEqual(['WAITING', null]);
  });

  it('takes its order back without a day or lines of its own', () => {
    const bare = { lifecycle: 'DELETED', startDate: null, billingSchedule: [], net: '0' } as const;
    const { command } = takeContract(after(contract(1n)).next, contract(2n, bare), later);
    expect(command).toMatchObject({ type: 'WITHDRAW_ORDER', orderDate: '2026-03-02', lines: [] });
  });

  it('whose lifecycle is newer than we are changes nothing', () => {
    const ordered = answered(after(contract(1n)).next);
    const { next, command } = takeContract(ordered, contract(2n, { lifecycle: 'UNKNOWN' }), later);
    expect([command, stateOf(next), problemOf(next)]).toEqual([null, 'ORDERED', null]);
  });

  it('that is withdrawn is a case while its order stands, and none when there is no order or it was ended', () => {
    const withdraw = (so: ContractOrder) => takeContract(so, contract(2n, { lifecycle: 'DELETED' }), later).next;
    const ordered = withdraw(answered(after(contract(1n)).next));
    expect(problemOf(ordered)).toMatchObject({ kind: 'contract-withdrawn', details: { orderNumber: 'SO-1' } });
    const stands = answered(ordered, { status: 'REFUSED', code: 'order-stands' });
    expect(problemOf(stands)).toMatchObject({ kind: 'contract-withdrawn' });
    expect(problemOf(answered(stands, { orderId: null, orderNumber: null }))).toBeNull();
    const never = withdraw(answered(after(contract(1n)).next, { status: 'REFUSED', orderId: null, orderNumber: null }));
    expect(problemOf(never)).toBeNull();
    expect(problemOf(answered(never, { orderId: null, orderNumber: null }))).toBeNull();
  });
});

describe('an outcome', () => {
  it('of the command that counts decides the state, and the later one wins', () => {
    const waiting = after(contract(1n)).next;
    const refused = answered(waiting, { status: 'REFUSED', code: 'unknown-item', orderId: null, orderNumber: null });
    expect(stateOf(refused)).toBe('REFUSED');
    expect(stateOf(answered(refused))).toBe('ORDERED');
  });

  it('of an earlier command is superseded', () => {
    const first = after(contract(1n));
    const amended = takeContract(first.next, contract(2n, { net: '1' }), later).next;
    expect(takeOutcome(amended, outcome({ commandId: first.command!.commandId })).kind).toBe('superseded');
    expect(stateOf(amended)).toBe('WAITING');
  });

  it('of a command that is not ours, or that says nothing of the order, is ignored', () => {
    const waiting = after(contract(1n)).next;
    const { commandId } = waiting.command!;
    expect(takeOutcome(waiting, outcome({ commandId: 'foreign' }))).toMatchObject({ kind: 'ignored' });
    expect(takeOutcome(waiting, outcome({ commandId, status: 'SUPERSEDED' }))).toMatchObject({ kind: 'ignored' });
    expect(takeOutcome(waiting, outcome({ commandId, status: 'UNKNOWN' }))).toMatchObject({ kind: 'ignored' });
    expect(takeOutcome(waiting, outcome({ commandId, commandType: 'BILL_ORDER' }))).toMatchObject({ kind: 'ignored' });
  });

  it('that is read before its contract, after the loss of the database, still answers the command', () => {
    const { commandId } = after(contract(1n)).command!;
    const early = takeOutcome(fresh, outcome({ commandId }));
    if (early.kind !== 'applied') throw new Error(early.kind);
    expect(stateOf(early.next)).toBe('NONE');
    expect(stateOf(takeContract(early.next, contract(1n), at).next)).toBe('ORDERED');
  });
});

describe('a case', () => {
  it('is one per contract and kind, under the ids that were published so far', () => {
    const problem = { kind: 'contract-withdrawn', message: 'a', details: {} } as const;
    const { kind, subject, objectType, objectId } = exceptionOf('contract', problem);
    expect([kind, subject, objectType, objectId]).toEqual(['contract-withdrawn', 'contract', 'contract', 'contract']);
  });
});
