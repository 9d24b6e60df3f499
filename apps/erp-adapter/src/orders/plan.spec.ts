import type { AskedOrder, OrderContent, StandingOrder } from '@tieout/connector-erp';
import { describe, expect, it } from 'vitest';
import { isOpen, isOurs, lastWritten, nextStep, type Known } from './plan.ts';
import { deletedInErp, findingOf, orderStands, refusal } from './refusal.ts';

const line = {
  ...{ billingId: 'b1', billOn: '2026-03-31', itemId: '1', description: 'March' },
  ...{ quantity: '2', unitPrice: '40', net: '80' },
};
const content: OrderContent = {
  ...{ contractId: 'k', reference: '00000101', customerId: 'c', subsidiaryId: '2', currency: 'CHF' },
  ...{ orderDate: '2026-03-01', lines: [line] },
};
const asked: AskedOrder = { content, vendor: {} };
const before: OrderContent = { ...content, lines: [{ ...line, net: '70' }] };
const strange: OrderContent = { ...content, lines: [{ ...line, net: '81' }] };

function standing(now: OrderContent, status: StandingOrder['status'] = 'open'): StandingOrder {
  const lines = now.lines.map((_, n) => ({ key: String(n + 1), billedNet: '0', closed: false }));
  return { id: '7', number: 'SO-1', status, version: null, content: now, lines };
}
const known = (more: Partial<Known> = {}): Known => ({
  ...{ revision: 2n, written: null, writtenRevision: null, attempted: null },
  ...more,
});

describe('an order', () => {
  it.each([
    ['is created when it was never written', known(), null, 'create'],
    [
      'is created when the answer to its creation was lost and it is not there',
      known({ attempted: content }),
      null,
      'create',
    ],
    ['stands when it is as asked, whoever wrote it', known(), standing(content), 'done'],
    [
      'is changed when it is as we wrote it last',
      known({ written: before, writtenRevision: 1n }),
      standing(before),
      'change',
    ],
    [
      'is changed when it shows an attempt whose answer was lost',
      known({ attempted: before }),
      standing(before),
      'change',
    ],
    [
      'is not created again when it was deleted after this command',
      known({ written: content, writtenRevision: 2n }),
      null,
      'deleted',
    ],
    ['is created again by a newer command', known({ written: before, writtenRevision: 1n }), null, 'create'],
    [
      'is not overwritten when somebody changed it',
      known({ written: before, writtenRevision: 1n }),
      standing(strange),
      'refused',
    ],
    ['is not overwritten when nobody knows who wrote it', known(), standing(strange), 'refused'],
    [
      'is not opened again when somebody closed it',
      known({ written: content }),
      standing(content, 'closed'),
      'refused',
    ],
  ])('%s', (_, what, stands, kind) => {
    expect(nextStep(what, asked, stands).kind).toBe(kind);
  });

  it('is ours when it shows what was written or attempted, and the attempt counts when it shows', () => {
    const both = { written: before, attempted: content };
    expect(lastWritten(both, standing(content))).toBe(content);
    expect(lastWritten(both, standing(strange))).toBe(before);
    expect(lastWritten(both, null)).toBe(before);
    expect(isOurs(both, standing(content))).toBe(true);
    expect(isOurs(both, standing(before))).toBe(true);
    expect(isOurs(both, standing(strange))).toBe(false);
    expect(isOurs({ written: null, attempted: null }, standing(content))).toBe(false);
  });
});

it.each([
  ['open', true],
  ['cancelled', false],
  ['billed', false],
  ['closed', false],
] as const)('an order in status %s is a matter for people when its contract is withdrawn: %s', (status, expected) => {
  expect(isOpen(standing(content, status))).toBe(expected);
  expect(isOpen(null)).toBe(false);
});

describe('a refusal', () => {
  const command = { contractNumber: '00000101', customerId: 'customer', net: '80', currency: 'EUR' };

  it('names the contract, the customer and what would cure it', () => {
    const finding = findingOf(refusal({ code: 'unknown-item', message: 'no item SUB-1' }), command, 'Acme');
    expect(finding).toMatchObject({
      kind: 'order-not-written',
      message: 'Contract 00000101 of Acme (customer): no item SUB-1',
      details: { code: 'unknown-item', contractNumber: '00000101', customerName: 'Acme' },
      atStake: { amount: '80', currency: 'EUR' },
    });
    expect(finding?.details['cure']).toContain('item');
    const other = findingOf(refusal({ code: 'netsuite-rejected', message: 'x' }), command, null);
    expect(other?.details).toMatchObject({ code: 'netsuite-rejected', cure: expect.stringContaining('tried again') });
  });

  it('shows both sides of a foreign edit, of an order of hundreds of lines the first', () => {
    const difference = { field: 'net', line: 'b1', theirs: '81', ours: '80' };
    expect(refusal({ code: 'foreign-edit', message: 'changed' }, [difference])).toMatchObject({
      kind: 'foreign-edit',
      details: { 'line b1 net erp': '81', 'line b1 net crm': '80' },
    });
    const many = Array.from({ length: 500 }, (_, n) => ({ ...difference, line: `b${n}` }));
    expect(Object.keys(refusal({ code: 'foreign-edit', message: 'x'.repeat(5_000) }, many).details)).toHaveLength(41);
  });

  it.each([
    ['order-closed', 'foreign-edit'],
    ['billed-line', 'order-not-written'],
  ])('%s is a case of %s', (code, kind) => {
    expect(refusal({ code, message: '' }).kind).toBe(kind);
  });

  it('that is another service to raise is no case here', () => {
    expect(findingOf(orderStands('SO-1'), command, 'Acme')).toBeNull();
  });

  it('that the order was deleted is a case of its own', () => {
    expect(deletedInErp('SO-1')).toMatchObject({
      kind: 'order-deleted-in-erp',
      message: 'order SO-1 was deleted in the ERP',
    });
  });
});
