import { describe, expect, it } from 'vitest';
import { mapControlTotal } from './control-total.map.ts';
import { mapCustomerAccount } from './customer-account.map.ts';
import { idOf, type Origin } from './identity.ts';
import { mapInvoice } from './invoice.map.ts';
import { mapLegalEntity } from './legal-entity.map.ts';
import { mapPayment } from './payment.map.ts';
import type { InvoiceRecord, PaymentRecord, RawLine, RawLink, RawRow } from './vendor-types.ts';

const origin: Origin = { instance: 'main', timeZone: 'America/Los_Angeles' };
const customerId = '0a3c3b7e-1111-5222-8333-444455556666';

const line = (more: Partial<RawLine>): RawLine => ({
  transaction: '7',
  line: '1',
  taxline: 'F',
  item: 'SEAT',
  quantity: '-2',
  rate: '50',
  foreignamount: '-100',
  ...more,
});
const link = (more: Partial<RawLink>): RawLink => ({
  previousdoc: '7',
  nextdoc: '9',
  nexttype: 'CustPymt',
  foreignamount: '30',
  ...more,
});

function invoice(header: Partial<InvoiceRecord['header']> = {}, parts: Partial<InvoiceRecord> = {}): InvoiceRecord {
  return {
    header: {
      ...{
        id: '7',
        tranid: 'INV7',
        trandate: '2025-01-31',
        entity: '3',
        customerexternalid: customerId,
        currency: 'EUR',
        subsidiary: '2',
      },
      ...{
        foreigntotal: '119',
        foreignamountpaid: '35',
        foreignamountunpaid: '84',
        status: 'A',
        voided: 'F',
        disputed: 'T',
      },
      modified: '2025-02-01 09:30:00',
      ...header,
    },
    lines: [
      line({}),
      line({ line: '2', taxline: 'T', item: undefined, quantity: undefined, rate: undefined, foreignamount: '-19' }),
    ],
    links: [link({}), link({ nextdoc: '10', nexttype: 'CustCred', foreignamount: '5' })],
    ...parts,
  };
}

describe('an invoice', () => {
  it('becomes amounts with turned signs, payments and credits apart, and the instant in UTC', () => {
    const mapped = mapInvoice(invoice(), origin);
    expect(mapped).toMatchObject({
      kind: 'mapped',
      value: {
        ...{
          invoiceId: idOf('invoice', origin, '7'),
          customerId,
          lifecycle: 'OPEN',
          period: '2025-01',
          dueDate: null,
          disputed: true,
        },
        ...{ net: '100', tax: '19', gross: '119', paid: '30', credited: '5', open: '84' },
        lines: [
          { lineNumber: 1, itemCode: 'SEAT', quantity: '2', unitPrice: '50', net: '100', tax: '0' },
          { lineNumber: 2, itemCode: null, quantity: null, unitPrice: null, net: '0', tax: '19' },
        ],
        source: { system: 'netsuite', entity: 'invoice', id: '7', changedAt: '2025-02-01T17:30:00.000Z' },
      },
    });
  });

  it.each([
    ['a status that we do not know', invoice({ status: 'Q' }), 'unknown-status', 'status'],
    ['a currency outside ISO 4217', invoice({ currency: 'XQX' }), 'unknown-currency', 'currency'],
    ['more decimals than its currency has', invoice({ foreigntotal: '119.001' }), 'too-many-decimals', 'foreigntotal'],
    [
      'decimals in a currency without',
      invoice({ currency: 'JPY', foreignamountunpaid: '84.5' }),
      'too-many-decimals',
      'foreignamountunpaid',
    ],
    ['an amount that no event can hold', invoice({ foreigntotal: '1234567890123456' }), 'too-large', 'foreigntotal'],
    ['an amount that is none', invoice({ foreigntotal: 'n/a' }), 'invalid-value', 'foreigntotal'],
    ['a date that does not exist', invoice({ trandate: '2025-02-30' }), 'invalid-value', 'trandate'],
    ['lines that are not its total', invoice({}, { lines: [line({})] }), 'does-not-add-up', 'lines'],
    ['applications that are not what was paid', invoice({}, { links: [link({})] }), 'does-not-add-up', 'applications'],
    ['an open amount that does not follow', invoice({ foreignamountunpaid: '80' }), 'does-not-add-up', 'open amount'],
    ['a missing number', invoice({ tranid: undefined }), 'invalid-value', 'invoice tranid'],
    ['a missing amount', invoice({ foreigntotal: undefined }), 'invalid-value', 'invoice foreigntotal'],
    [
      'a link without amount',
      invoice({}, { links: [link({ foreignamount: undefined })] }),
      'invalid-value',
      'link foreignamount',
    ],
    [
      'a price with too many decimals',
      invoice({}, { lines: [line({ rate: '1.12345678901' })] }),
      'too-many-decimals',
      'line rate',
    ],
  ])('is refused for %s', (_what, record, code, field) => {
    expect(mapInvoice(record, origin)).toMatchObject({ kind: 'refused', problem: { code, field } });
  });

  it('takes a line of words for an amount of zero', () => {
    const words = line({
      line: '3',
      foreignamount: undefined,
      quantity: undefined,
      rate: undefined,
      memo: 'Thank you',
    });
    const mapped = mapInvoice(invoice({}, { lines: [...invoice().lines, words] }), origin);
    expect(mapped.kind === 'mapped' && mapped.value.lines[2]).toMatchObject({ net: '0', tax: '0' });
  });

  it('is voided whatever its status letter, and anonymous when its customer is not ours', () => {
    const zero = { foreigntotal: '0', foreignamountpaid: '0', foreignamountunpaid: '0' };
    const record = invoice(
      { ...zero, voided: 'T', status: 'A', customerexternalid: 'LEGACY-1' },
      { lines: [], links: [] },
    );
    expect(mapInvoice(record, origin)).toMatchObject({ value: { lifecycle: 'VOIDED', customerId: null, gross: '0' } });
  });
});

describe('the contract of an invoice', () => {
  const [ours, theirs] = ['0a3c3b7e-1111-5222-8333-444455550001', 'K-2026-17'];
  it.each([
    ['its own field', { contract: ours, origincontract: undefined }, ours],
    ['the order that it was made from, when it says none', { contract: undefined, origincontract: ours }, ours],
    ['nothing that is not ours', { contract: theirs, origincontract: ours }, null],
    ['nothing of an order that is not ours', { contract: undefined, origincontract: theirs }, null],
    ['nothing when nobody says one', {}, null],
  ])('is that of %s', (_what, header, contractId) => {
    expect(mapInvoice(invoice(header), origin)).toMatchObject({ kind: 'mapped', value: { contractId } });
  });
});

describe('a payment', () => {
  const payment = (header: Partial<PaymentRecord['header']> = {}, links = [link({})]): PaymentRecord => ({
    header: {
      ...{
        id: '9',
        tranid: 'P9',
        trandate: '2025-02-01',
        entity: '3',
        currency: 'EUR',
        subsidiary: '2',
        status: 'C',
        voided: 'F',
      },
      ...{ foreigntotal: '50', foreignpaymentamountunused: '20', modified: '2025-02-01 09:30:00' },
      ...header,
    },
    links,
  });

  it('keeps what it settles and what is left', () => {
    expect(mapPayment(payment(), origin)).toMatchObject({
      kind: 'mapped',
      value: {
        lifecycle: 'POSTED',
        amount: '50',
        unapplied: '20',
        allocations: [{ invoiceId: idOf('invoice', origin, '7'), amount: '30' }],
      },
    });
  });

  it('is voided whatever its letter: by zeroing, and by a journal that leaves its amount', () => {
    const zeroed = { foreigntotal: '0', foreignpaymentamountunused: '0', voided: 'T', status: 'V' };
    expect(mapPayment(payment(zeroed, []), origin)).toMatchObject({
      value: { lifecycle: 'VOIDED', amount: '0', unapplied: '0', allocations: [] },
    });
    const reversed = { foreignpaymentamountunused: '50', voided: 'T' };
    expect(mapPayment(payment(reversed, []), origin)).toMatchObject({ value: { lifecycle: 'VOIDED', amount: '50' } });
  });

  it('is refused without a number', () => {
    expect(mapPayment(payment({ tranid: undefined }), origin)).toMatchObject({ problem: { code: 'invalid-value' } });
  });

  it('is refused when allocations and rest are not its amount, or it is not approved', () => {
    expect(mapPayment(payment({}, []), origin)).toMatchObject({
      kind: 'refused',
      problem: { code: 'does-not-add-up' },
    });
    expect(mapPayment(payment({ status: 'A' }), origin)).toMatchObject({
      kind: 'refused',
      problem: { code: 'unknown-status' },
    });
  });
});

describe('a customer', () => {
  const customer = (more: Partial<RawRow> = {}): RawRow => ({
    ...{
      id: '3',
      externalid: customerId,
      entityid: 'A-1',
      companyname: 'Acme',
      currency: 'EUR',
      balance: '12.5',
      isinactive: 'F',
    },
    ...{ creditholdoverride: 'ON', subsidiary: '2', modified: '2025-02-01 09:30:00' },
    ...more,
  });

  it('becomes an account with what the ERP owns', () => {
    expect(mapCustomerAccount(customer(), origin)).toMatchObject({
      value: { customerId, number: 'A-1', balance: '12.5', creditLimit: null, blocked: true, lifecycle: 'ACTIVE' },
    });
    expect(mapCustomerAccount(customer({ isinactive: 'T', currency: undefined }), origin)).toMatchObject({
      value: { lifecycle: 'INACTIVE', currency: null, balance: null },
    });
  });

  it('is refused without a number', () => {
    expect(mapCustomerAccount(customer({ entityid: undefined }), origin)).toMatchObject({
      problem: { code: 'invalid-value', field: 'customer entityid' },
    });
  });

  it('is refused for an unknown currency', () => {
    expect(mapCustomerAccount(customer({ currency: 'ZZZ' }), origin)).toMatchObject({
      problem: { code: 'unknown-currency' },
    });
  });
});

it('names a legal entity by its code and falls back to it for a name', () => {
  const row = { id: '2', name: '391', currency: 'USD', isinactive: 'F' as const, parent: '1' };
  expect(mapLegalEntity(row, origin)).toMatchObject({
    value: { code: '391', name: '391', parentId: idOf('subsidiary', origin, '1'), country: null },
  });
});

it('states a control total at the end of its month, with sums by name', () => {
  const row = { subsidiary: '2', period: '2024-02', currency: 'USD', count: '3', total: '10.50', open: '4' };
  const mapped = mapControlTotal('invoice', row, origin);
  expect(mapped).toMatchObject({ value: { count: 3n, cutOff: '2024-02-29' } });
  expect(mapped.kind === 'mapped' && mapped.value.sums).toEqual([
    { name: 'gross', amount: '10.5' },
    { name: 'open', amount: '4' },
    { name: 'paid', amount: '6.5' },
  ]);
});
