import type { ErpCommand } from '@tieout/canonical';
import { planOrder, type AskedOrder, type StandingOrder } from '@tieout/connector-erp';
import { describe, expect, it } from 'vitest';
import { contractId, customerId, customers, origin } from './documents.fixture.ts';
import { sapMappingConfig } from './mapping-config.ts';
import type { Row } from './odata.ts';
import { newOrder, orderChanges } from './order-body.map.ts';
import { mapOrder, type OrderRecord } from './order.map.ts';
import { askedOrder, standingOrder } from './order-write.map.ts';
import { orderRow } from './vendor-types.ts';

const march10 = '/Date(1773100800000)/';
const billingIds = ['6c2e8ba1-0001-5333-8444-555566667777', '6c2e8ba1-0002-5333-8444-555566667777'] as const;

function itemRow(number: string, net: string, more: Row = {}): Row {
  const element = { PricingProcedureStep: '010', PricingProcedureCounter: '001', ConditionType: 'PPR0' };
  return {
    ...{ SalesOrderItem: number, SalesOrderItemText: 'Instalment', Material: 'SERVICE', TaxAmount: '1.90' },
    MaterialByCustomer: billingIds[Number(number) / 10 - 1]!.replaceAll('-', '').toUpperCase(),
    ...{ RequestedQuantity: '3.000', NetAmount: net, BillingDocumentDate: march10, SalesDocumentRjcnReason: '' },
    to_PricingElement: {
      results: [{ ...element, ConditionRateValue: net, ConditionQuantity: '3', ConditionInactiveReason: '' }],
    },
    ...more,
  };
}

function record(
  header: Row = {},
  items: readonly Row[] = [itemRow('10', '100.00'), itemRow('20', '50.00')],
  billed: readonly Row[] = [],
): OrderRecord {
  return {
    row: {
      ...{ SalesOrder: '1', SalesOrganization: '1010', SoldToParty: '1000001', SalesOrderDate: march10 },
      ...{ PurchaseOrderByCustomer: '00000101', PurchaseOrderByShipToParty: contractId.replaceAll('-', '') },
      ...{ TotalNetAmount: '150.00', TransactionCurrency: 'EUR', OverallSDProcessStatus: 'A' },
      ...{ OverallSDDocumentRejectionSts: 'A', LastChangeDateTime: '/Date(1773133200000+0000)/' },
      to_Item: { results: items },
      ...header,
    },
    ...{ billed, companyCode: '1010', customers },
  };
}

const bill = (item: string, net: string): Row => ({
  ...{ BillingDocument: '90000001', SalesDocument: '1', SalesDocumentItem: item, NetAmount: net },
});
const rejected = { SalesDocumentRjcnReason: '60' };

describe('a sales order', () => {
  it('is open, with what its invoices took of each item', () => {
    expect(
      mapOrder(record({ OverallSDProcessStatus: 'B' }, undefined, [bill('000010', '100.00')]), origin),
    ).toMatchObject({
      value: {
        ...{ lifecycle: 'OPEN', number: '1', contractId, customerId, currency: 'EUR', orderDate: '2026-03-10' },
        ...{ net: '150', tax: '3.8', gross: '153.8', billedNet: '100', unbilledNet: '50' },
        lines: [
          {
            ...{
              lineNumber: 10,
              billingId: billingIds[0],
              billOn: '2026-03-10',
              quantity: '3',
              billedNet: '100',
              unitPrice: null,
            },
          },
          { ...{ lineNumber: 20, billingId: billingIds[1], billedNet: '0' } },
        ],
      },
    });
  });

  it('goes through its life: approval, billed, closed, cancelled', () => {
    const lifecycle = (...of: Parameters<typeof record>): unknown => {
      const mapped = mapOrder(record(...of), origin);
      return mapped.kind === 'mapped' ? mapped.value.lifecycle : mapped.problem.code;
    };
    expect(lifecycle({ SalesDocApprovalStatus: 'A' })).toBe('PENDING');
    expect(lifecycle({ OverallSDProcessStatus: 'C' }, undefined, [bill('10', '100.00'), bill('20', '50.00')])).toBe(
      'BILLED',
    );
    const half = [itemRow('10', '100.00'), itemRow('20', '50.00', rejected)];
    expect(lifecycle({ TotalNetAmount: '100.00', OverallSDDocumentRejectionSts: 'B' }, half)).toBe('OPEN');
    expect(
      lifecycle({ TotalNetAmount: '100.00', OverallSDDocumentRejectionSts: 'B' }, half, [bill('10', '100.00')]),
    ).toBe('CLOSED');
    const none = [itemRow('10', '100.00', rejected), itemRow('20', '50.00', rejected)];
    expect(lifecycle({ TotalNetAmount: '0.00', OverallSDDocumentRejectionSts: 'C' }, none)).toBe('CANCELLED');
    expect(lifecycle({ TotalNetAmount: '0.00', OverallSDDocumentRejectionSts: 'C' }, none, [bill('10', '40.00')])).toBe(
      'CLOSED',
    );
    expect(lifecycle({ OverallSDDocumentRejectionSts: 'Q' })).toBe('unknown-status');
  });

  it('counts of a rejected item what was billed, whether the header counts it or not', () => {
    const items = [itemRow('10', '100.00'), itemRow('20', '50.00', rejected)];
    for (const TotalNetAmount of ['100.00', '150.00'])
      expect(mapOrder(record({ TotalNetAmount }, items, [bill('20', '20.00')]), origin)).toMatchObject({
        value: { net: '120', billedNet: '20', unbilledNet: '100', lines: [{ net: '100' }, { net: '20', tax: '0' }] },
      });
  });

  it('has no tax where the release states none', () => {
    const items = [itemRow('10', '150.00', { TaxAmount: undefined })];
    expect(mapOrder(record({}, items), origin)).toMatchObject({ value: { tax: '0', gross: '150' } });
  });

  it('is refused when it does not add up, or nobody sells by its organization', () => {
    expect(mapOrder(record({ TotalNetAmount: '149.99' }), origin)).toMatchObject({
      problem: { code: 'does-not-add-up' },
    });
    expect(mapOrder(record({}, undefined, [bill('30', '1.00')]), origin)).toMatchObject({
      problem: { code: 'does-not-add-up' },
    });
    expect(mapOrder({ ...record(), companyCode: null }, origin)).toMatchObject({
      problem: { field: 'SalesOrganization' },
    });
  });
});

const config = sapMappingConfig.parse({ defaultItem: 'SERVICE', unit: 'EA' });
const area = {
  ...{ companyCode: '1010', salesOrganization: '1010', distributionChannel: '10', division: '00' },
  ...{ reconciliationAccount: '12100000', salesOrderType: 'OR' },
};

function command(lines: readonly Partial<ErpCommand['lines'][number]>[] = [{}, {}]): ErpCommand {
  return {
    ...{ commandId: 'c', type: 'PUT_ORDER', contractId, contractRevision: 1n, contractNumber: '00000101', customerId },
    ...{ legalEntity: '1010', currency: 'EUR', orderDate: '2026-03-10', net: '150', invoiceDate: null },
    requestedAt: '2026-03-10T09:00:00.000Z',
    lines: lines.map((line, n) => ({
      ...{ billingId: billingIds[n]!, billOn: '2026-03-10', itemCode: null, description: 'Instalment' },
      ...{ quantity: '3', unitPrice: '33.3333333333', net: n === 0 ? '100' : '50' },
      ...line,
    })),
  };
}

function asked(of: ErpCommand, more: Partial<typeof config> = {}): AskedOrder {
  const mapped = askedOrder(of, { area, soldTo: '1000001', config: { ...config, ...more } });
  if (mapped.kind === 'refused') throw new Error(mapped.problem.message);
  return mapped.value;
}

function standing(of: OrderRecord): StandingOrder {
  const mapped = standingOrder(of, 'W/"1"');
  if (mapped.kind === 'refused') throw new Error(mapped.problem.message);
  return mapped.value;
}

function changesFor(of: AskedOrder, found: OrderRecord): unknown {
  const plan = planOrder(of, standing(found), []);
  if (plan.kind !== 'change') return plan;
  const target = { id: '1', etag: 'W/"1"', items: orderRow.parse(found.row).to_Item };
  const changes = orderChanges(of, target, plan.differences, config);
  return changes.kind === 'mapped' ? changes.value : changes.problem;
}

const header = {
  kind: 'update',
  set: 'A_SalesOrder',
  key: '1',
  changes: { PurchaseOrderByCustomer: '00000101' },
  etag: 'W/"1"',
};

describe('an order that is put', () => {
  it('is created deep, each item with a price that gives its amount to the digit', () => {
    expect(
      newOrder(asked(command([{}, { quantity: '123456.789', net: '100.01', billOn: '2026-04-30' }])), config),
    ).toMatchObject({
      ...{ SalesOrderType: 'OR', SalesOrganization: '1010', DistributionChannel: '10', OrganizationDivision: '00' },
      ...{ SoldToParty: '1000001', PurchaseOrderByCustomer: '00000101', TransactionCurrency: 'EUR' },
      ...{ PurchaseOrderByShipToParty: contractId.replaceAll('-', ''), SalesOrderDate: march10 },
      to_Item: [
        {
          ...{
            Material: 'SERVICE',
            RequestedQuantity: '3',
            RequestedQuantityUnit: 'EA',
            SalesOrderItemText: 'Instalment',
          },
          MaterialByCustomer: billingIds[0].replaceAll('-', '').toUpperCase(),
          to_PricingElement: [
            {
              ConditionType: 'PPR0',
              ConditionRateValue: '100',
              ConditionQuantity: '3',
              ConditionQuantityUnit: 'EA',
              ConditionCurrency: 'EUR',
            },
          ],
        },
        { to_PricingElement: [{ ConditionType: 'DRV1', ConditionRateValue: '100.01', ConditionCurrency: 'EUR' }] },
      ],
    });
  });

  it('is asked in the precision of SAP', () => {
    const of = command([{ quantity: '1.23456', description: `${'x'.repeat(39)} and more` }]);
    expect(asked(of).content.lines[0]).toMatchObject({ quantity: '1.235', description: 'x'.repeat(39), net: '100' });
    expect(asked(of, { itemBillingDates: false }).content.lines[0]).toMatchObject({ billOn: null });
    const bare = askedOrder(command(), { area, soldTo: '1', config: { ...config, defaultItem: null } });
    expect(bare).toMatchObject({ kind: 'refused', problem: { code: 'invalid-value', field: 'item' } });
    const nothing = askedOrder(command([{ quantity: '0.0001' }]), { area, soldTo: '1', config });
    expect(nothing).toMatchObject({ kind: 'refused', problem: { field: 'quantity' } });
  });

  it('stands when SAP says the same', () => {
    expect(changesFor(asked(command()), record())).toEqual({ kind: 'done' });
  });

  it('changes what differs, item by item, under the ETag of the order', () => {
    const key = { SalesOrder: '1', SalesOrderItem: '20' };
    const of = asked(command([{}, { net: '75', description: 'More' }]));
    expect(changesFor(of, record())).toEqual([
      header,
      { kind: 'update', set: 'A_SalesOrderItem', key, changes: { SalesOrderItemText: 'More' }, etag: null },
      {
        ...{ kind: 'update', set: 'A_SalesOrderItemPrElement', etag: null },
        key: { ...key, PricingProcedureStep: '010', PricingProcedureCounter: '001' },
        changes: { ConditionRateValue: '25', ConditionQuantity: '1' },
      },
    ]);
  });

  it('adds a line, rejects one that is asked for no more, and one of another product', () => {
    const one = record({ TotalNetAmount: '100.00' }, [itemRow('10', '100.00')]);
    expect(changesFor(asked(command()), one)).toMatchObject([
      header,
      { kind: 'create', set: 'A_SalesOrderItem', body: { SalesOrder: '1' } },
    ]);
    const rejection = (item: string): object => ({
      ...{ kind: 'update', set: 'A_SalesOrderItem', key: { SalesOrder: '1', SalesOrderItem: item } },
      ...{ changes: { SalesDocumentRjcnReason: '00' }, etag: null },
    });
    expect(changesFor(asked(command([{}])), record())).toEqual([header, rejection('20')]);
    expect(changesFor(asked(command([{ itemCode: 'LICENCE' }, {}])), record())).toMatchObject([
      ...[header, rejection('10'), { kind: 'create', body: { Material: 'LICENCE' } }],
    ]);
  });

  it('does not see what was rejected before it was billed', () => {
    const items = [itemRow('10', '100.00'), itemRow('20', '50.00', rejected)];
    const partly = record({ TotalNetAmount: '100.00', OverallSDDocumentRejectionSts: 'B' }, items);
    expect(changesFor(asked(command([{}])), partly)).toEqual({ kind: 'done' });
  });

  it('is refused where SAP cannot follow', () => {
    expect(changesFor(asked(command()), record({ SoldToParty: '1000009' }))).toMatchObject({
      message: /cannot change customerId/,
    });
    const automatic = itemRow('10', '100.00', { to_PricingElement: { results: [] } });
    expect(
      changesFor(asked(command([{ net: '90' }, {}])), record({}, [automatic, itemRow('20', '50.00')])),
    ).toMatchObject({
      message: /no price entered by hand/,
    });
    const all = [itemRow('10', '100.00', rejected), itemRow('20', '50.00', rejected)];
    expect(
      changesFor(asked(command()), record({ TotalNetAmount: '0.00', OverallSDDocumentRejectionSts: 'C' }, all)),
    ).toMatchObject({
      refusal: { code: 'order-closed' },
    });
  });
});
