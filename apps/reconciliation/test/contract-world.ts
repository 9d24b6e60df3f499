import { canonicalId, forecastContentHash, forecastSums, joinKey, subtract, sum } from '@tieout/canonical';
import type { Contract, CreditMemo, Forecast, ForecastVersion, Order } from '@tieout/canonical';
import type { Bus } from './fixture-bus.ts';
import { FixtureWorld } from './fixture-world.ts';
import type { Deal } from './fixture-world.ts';

/** A contract with what is to be billed when, and the invoice (a deal's id) that did. */
export interface Sale {
  readonly id: string;
  readonly status?: string;
  readonly lines: readonly {
    readonly id: string;
    readonly billOn: string;
    readonly net: string;
    readonly by?: string;
  }[];
}

const STAMP = '2026-01-01T00:00:00.000+0000';
const VERSION = '107000000001';

/** A world that sells by contract, bills by order and plans; no tax, so that gross is net. */
export class ContractWorld extends FixtureWorld {
  readonly sales: readonly Sale[];
  readonly plan: readonly { readonly lineItem: string; readonly month: string; readonly amount: string }[];

  constructor(deals: readonly Deal[], sales: readonly Sale[], plan: ContractWorld['plan']) {
    super(deals);
    this.sales = sales;
    this.plan = plan;
  }

  contractId(id: string): string {
    return canonicalId('salesforce', this.instance, 'Contract', id);
  }

  billingId(id: string): string {
    return canonicalId('salesforce', this.instance, 'Contract_Line__c', id);
  }

  orderId(id: string): string {
    return canonicalId('netsuite', this.instance, 'salesOrder', `o${id}`);
  }

  get customerId(): string {
    return canonicalId('salesforce', this.instance, 'Account', this.customer.id);
  }

  /** Puts all of it on the topics. */
  async publish(bus: Bus): Promise<void> {
    await bus.send('finance.legal-entity.v1', [{ key: this.entity.legalEntityId, value: this.entity }]);
    const invoices = this.deals.map((deal) => this.invoice(deal));
    await bus.send(
      'finance.invoice.v1',
      invoices.map((value) => ({ key: value.invoiceId, value })),
    );
    await bus.send(
      'finance.payment.v1',
      this.payments().map((value) => ({ key: value.paymentId, value })),
    );
    await this.publishCreditMemos(bus);
    await bus.send(
      'finance.contract.v1',
      this.sales.map((sale) => ({ key: this.contractId(sale.id), value: this.contract(sale) })),
    );
    const references = this.sales.map((sale) =>
      this.reference('contract', 'salesforce', sale.id, this.contractId(sale.id)),
    );
    await bus.send(
      'finance.cross-reference.v1',
      references.map((value) => ({ key: value.crossReferenceId, value })),
    );
    await bus.send(
      'finance.order.v1',
      this.#active().map((sale) => ({ key: this.orderId(sale.id), value: this.order(sale) })),
    );
    await this.publishForecast(bus);
  }

  async publishCreditMemos(bus: Bus): Promise<void> {
    const memos = this.deals.filter(({ credited }) => credited !== undefined).map((deal) => this.creditMemo(deal));
    await bus.send(
      'finance.credit-memo.v1',
      memos.map((value) => ({ key: value.creditMemoId, value })),
    );
  }

  async publishForecast(bus: Bus, change: Partial<ForecastVersion> = {}): Promise<void> {
    const version = { ...this.forecastVersion(), ...change };
    await bus.send('finance.forecast-version.v1', [{ key: version.versionId, value: version }]);
    await bus.send(
      'finance.forecast.v1',
      this.forecast().map((value) => ({ key: value.forecastId, value })),
    );
  }

  contract({ id, status = 'Activated', lines }: Sale): Contract {
    return {
      ...{ contractId: this.contractId(id), revision: 1n, lifecycle: status === 'Activated' ? 'ACTIVE' : 'DRAFT' },
      ...{ number: `0000${id}`, customerId: this.customerId, opportunityId: null, legalEntity: this.entity.code },
      ...{ currency: 'USD', startDate: null, termMonths: null, net: sum(lines.map(({ net }) => net)) },
      billingSchedule: [],
      source: this.source('Contract', id, 'salesforce'),
    };
  }

  order(sale: Sale): Order {
    const { net, unbilled } = this.#figures(sale);
    return {
      ...{ orderId: this.orderId(sale.id), revision: 1n, lifecycle: unbilled === '0' ? 'BILLED' : 'OPEN' },
      ...{ number: `SO${sale.id}`, legalEntityId: this.entity.legalEntityId, customerAccountId: null },
      ...{ customerId: this.customerId, contractId: this.contractId(sale.id), currency: 'USD' },
      ...{ orderDate: '2026-01-02', net, tax: '0', gross: net, billedNet: subtract(net, unbilled) },
      ...{ unbilledNet: unbilled, lines: [], source: this.source('salesOrder', `o${sale.id}`) },
    };
  }

  creditMemo({ id, date, credited = '0' }: Deal): CreditMemo {
    return {
      ...{ creditMemoId: canonicalId('netsuite', this.instance, 'creditMemo', `m${id}`), revision: 1n },
      ...{ lifecycle: 'APPLIED', number: `CM${id}`, legalEntityId: this.entity.legalEntityId, currency: 'USD' },
      ...{ customerAccountId: null, customerId: null, contractId: null, issueDate: date, period: date.slice(0, 7) },
      ...{
        net: credited,
        tax: '0',
        gross: credited,
        applied: credited,
        unapplied: '0',
        refunded: null,
        lines: [],
        reversalOf: null,
      },
      allocations: [{ invoiceId: this.invoiceId(id), amount: credited }],
      source: this.source('creditMemo', `m${id}`),
    };
  }

  forecastVersion(): ForecastVersion {
    const cells = this.forecast();
    return {
      ...{ versionId: this.#versionId(), revision: 1n, lifecycle: 'ACTIVE', name: 'Forecast', model: 'M' },
      ...{ cellCount: BigInt(cells.length), rejectedCount: 0n, sums: forecastSums(cells) },
      contentHash: forecastContentHash(cells),
      source: this.source('version', VERSION, 'anaplan'),
    };
  }

  forecast(): Forecast[] {
    const place = { legalEntity: this.entity.code, legalEntityId: this.entity.legalEntityId, currency: 'USD' };
    return this.plan.map(({ lineItem, month, amount }) => ({
      forecastId: joinKey([this.#versionId(), place.legalEntity, lineItem, month, 'USD']),
      ...{ revision: 1n, lifecycle: 'ACTIVE', versionId: this.#versionId(), versionRevision: 1n, ...place },
      ...{ lineItem, period: month, amount, source: this.source('cell', `${lineItem}/${month}`, 'anaplan') },
    }));
  }

  override raw(): Record<string, Record<string, string>[]> {
    return {
      ...super.raw(),
      'contract@salesforce': this.sales.map(({ id, status = 'Activated' }) => ({
        ...{ Id: id, ContractNumber: `0000${id}`, AccountId: this.customer.id, Status: status, CurrencyIsoCode: 'USD' },
        ...{ Legal_Entity__c: this.entity.code, IsDeleted: 'false', SystemModstamp: STAMP },
      })),
      'contract-line@salesforce': this.sales.flatMap((sale) =>
        sale.lines.map(({ id, billOn, net }) => ({
          ...{ Id: id, Contract__c: sale.id, Bill_On__c: billOn, Net_Amount__c: net, CurrencyIsoCode: 'USD' },
          SystemModstamp: STAMP,
        })),
      ),
      'order@netsuite': this.#active().map((sale) => this.#rawOrder(sale)),
      'invoice-line@netsuite': this.#active().flatMap((sale) => this.#rawLines(sale)),
      'credit-memo@netsuite': this.deals
        .filter(({ credited }) => credited !== undefined)
        .map(({ id, date, credited = '0' }) => ({
          ...{ id: `m${id}`, tranid: `CM${id}`, trandate: date, currency: 'USD', subsidiary: '2', entity: '77' },
          ...{ foreigntotal: credited, foreignpaymentamountused: credited, foreignpaymentamountunused: '0' },
          voided: 'F',
        })),
      'forecast@anaplan': this.plan.map(({ lineItem, month, amount }) => ({
        ...{ id: `${VERSION}/${this.entity.code}/${lineItem}/${month}/USD`, versionId: VERSION, version: 'Forecast' },
        ...{ legalEntity: this.entity.code, lineItem, month, currency: 'USD', amount },
      })),
    };
  }

  #active(): readonly Sale[] {
    return this.sales.filter(({ status = 'Activated' }) => status === 'Activated');
  }

  #figures({ lines }: Sale): { net: string; unbilled: string } {
    const of = (some: Sale['lines']): string => sum(some.map(({ net }) => net));
    return { net: of(lines), unbilled: of(lines.filter(({ by }) => by === undefined)) };
  }

  #rawOrder(sale: Sale): Record<string, string> {
    const { net, unbilled } = this.#figures(sale);
    return {
      ...{ id: `o${sale.id}`, tranid: `SO${sale.id}`, trandate: '2026-01-02', entity: '77', currency: 'USD' },
      ...{ subsidiary: '2', subsidiaryname: this.entity.code, foreigntotal: net, net, unbillednet: unbilled },
      ...{ status: unbilled === '0' ? 'G' : 'F', voided: 'F', custbody_contract: this.contractId(sale.id) },
      externalid: this.contractId(sale.id),
    };
  }

  #rawLines({ id, lines }: Sale): Record<string, string>[] {
    return lines.flatMap((line) => {
      const deal = this.deals.find((one) => one.id === line.by);
      if (deal === undefined) return [];
      return [
        {
          ...{ id: `${deal.id}/${line.id}`, transaction: deal.id, line: '1', tranid: `INV${deal.id}` },
          ...{ trandate: deal.date, entity: '77', currency: 'USD', subsidiary: '2', net: line.net, voided: 'F' },
          ...{ custbody_contract: this.contractId(id), custcol_billing_id: this.billingId(line.id) },
        },
      ];
    });
  }

  #versionId(): string {
    return canonicalId('anaplan', this.instance, 'version', VERSION);
  }
}
