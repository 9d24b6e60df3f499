import { randomUUID } from 'node:crypto';
import { add, canonicalId, joinKey, subtract, sum } from '@tieout/canonical';
import type { ControlTotal, CrossReference, Invoice, LegalEntity, Payment, Source } from '@tieout/canonical';

/** A customer's invoice and what was paid of it, as a person would tell it. */
export interface Deal {
  readonly id: string;
  readonly date: string;
  readonly gross: string;
  readonly paid?: string;
  readonly paidOn?: string;
  /** Settled by a credit memo of its own. */
  readonly credited?: string;
}

const openOf = ({ gross, paid = '0', credited = '0' }: Deal): string => subtract(gross, add(paid, credited));

/** What every system would hold of these deals when nothing is wrong; instances are the test's own. */
export class FixtureWorld {
  readonly instance = `t-${randomUUID().slice(0, 8)}`;
  readonly entity: LegalEntity;
  readonly customer = { id: '001A', number: `C-${this.instance}`, name: 'Acme' };
  readonly deals: readonly Deal[];

  constructor(deals: readonly Deal[]) {
    this.deals = deals;
    this.entity = {
      legalEntityId: canonicalId('netsuite', this.instance, 'subsidiary', '2'),
      revision: 1n,
      lifecycle: 'ACTIVE',
      code: `E-${this.instance}`,
      name: 'Entity',
      currency: 'USD',
      country: null,
      parentId: null,
      instance: this.instance,
      source: this.source('subsidiary', '2'),
    };
  }

  invoiceId(id: string): string {
    return canonicalId('netsuite', this.instance, 'invoice', id);
  }

  invoice(deal: Deal, revision = 1n): Invoice {
    const { id, date, gross, paid = '0', credited = '0' } = deal;
    const open = openOf(deal);
    return {
      ...{ invoiceId: this.invoiceId(id), revision, lifecycle: open === '0' ? 'PAID' : 'OPEN', number: `INV${id}` },
      ...{ legalEntityId: this.entity.legalEntityId, customerAccountId: null, customerId: null, contractId: null },
      ...{ currency: 'USD', issueDate: date, dueDate: null, period: date.slice(0, 7), net: gross, tax: '0', gross },
      ...{
        paid,
        credited,
        open,
        disputed: false,
        lines: [],
        reversalOf: null,
        source: this.source('invoice', id),
      },
    };
  }

  payments(): Payment[] {
    return this.deals.filter((deal) => deal.paid !== undefined).map((deal) => this.payment(deal));
  }

  payment({ id, date, paid = '0', paidOn = date }: Deal, revision = 1n): Payment {
    return {
      ...{
        paymentId: canonicalId('netsuite', this.instance, 'customerPayment', `p${id}`),
        revision,
        lifecycle: 'POSTED',
      },
      ...{ number: `PAY${id}`, legalEntityId: this.entity.legalEntityId, customerAccountId: null, customerId: null },
      ...{
        currency: 'USD',
        paymentDate: paidOn,
        period: paidOn.slice(0, 7),
        amount: paid,
        unapplied: '0',
        refunded: null,
        method: null,
      },
      allocations: [{ invoiceId: this.invoiceId(id), amount: paid }],
      reversalOf: null,
      source: this.source('customerPayment', `p${id}`),
    };
  }

  controlTotal(month: string): ControlTotal {
    const deals = this.deals.filter(({ date }) => date.startsWith(month));
    const gross = sum(deals.map((deal) => deal.gross));
    const open = sum(deals.map(openOf));
    const cutOff = `${month}-28`;
    return {
      controlTotalId: joinKey(['invoice', this.entity.legalEntityId, this.instance, cutOff, month, 'USD']),
      ...{ revision: 1n, object: 'invoice', legalEntityId: this.entity.legalEntityId, instance: this.instance, cutOff },
      ...{ period: month, currency: 'USD', count: BigInt(deals.length) },
      sums: [
        { name: 'gross', amount: gross },
        { name: 'open', amount: open },
      ],
      source: this.source('subsidiary', '2'),
    };
  }

  /** Raw rows by `object@system`, as the adapters' snapshots carry them. */
  raw(): Record<string, Record<string, string>[]> {
    const crmId = canonicalId('salesforce', this.instance, 'Account', this.customer.id);
    const { id, number, name } = this.customer;
    return {
      'customer@salesforce': [
        {
          Id: id,
          Name: name,
          AccountNumber: number,
          IsDeleted: 'false',
          SystemModstamp: '2026-01-01T00:00:00.000+0000',
        },
      ],
      'customer@netsuite': [{ id: '77', externalid: crmId, entityid: number, companyname: name, isinactive: 'F' }],
      'invoice@netsuite': this.deals.map((deal) => this.#rawInvoice(deal)),
      'payment@netsuite': this.deals.filter(({ paid }) => paid !== undefined).map((deal) => this.#rawPayment(deal)),
      'cell@anaplan': this.#rawCells(),
    };
  }

  #rawInvoice(deal: Deal): Record<string, string> {
    const { id, date, gross, paid = '0', credited = '0' } = deal;
    return {
      ...{ id, tranid: `INV${id}`, trandate: date, currency: 'USD', subsidiary: '2', foreigntotal: gross, voided: 'F' },
      ...{ entity: '77', foreignamountunpaid: openOf(deal), foreignamountpaid: add(paid, credited) },
      ...{ appliedpayments: paid, appliedcredits: credited },
    };
  }

  #rawPayment({ id, date, paid = '0', paidOn = date }: Deal): Record<string, string> {
    return {
      ...{ id: `p${id}`, tranid: `PAY${id}`, trandate: paidOn, currency: 'USD', subsidiary: '2', foreigntotal: paid },
      ...{ entity: '77', foreignpaymentamountunused: '0', voided: 'F' },
    };
  }

  #rawCells(): Record<string, string>[] {
    const months = new Set(this.deals.flatMap(({ date, paidOn = date }) => [date.slice(0, 7), paidOn.slice(0, 7)]));
    return [...months].map((month) => {
      const issued = this.deals.filter(({ date }) => date.startsWith(month));
      const invoiced = sum(issued.map(({ gross }) => gross));
      return {
        ...{ id: `${this.entity.code}|${month}|USD`, legalEntity: this.entity.code, month, currency: 'USD' },
        ...{
          invoices: String(issued.length),
          invoiced,
          open: sum(issued.map(openOf)),
        },
        paid: sum(
          this.deals.filter(({ date, paidOn = date }) => paidOn.startsWith(month)).map(({ paid = '0' }) => paid),
        ),
      };
    });
  }

  protected reference(type: string, system: string, vendorId: string, canonical: string): CrossReference {
    return {
      crossReferenceId: joinKey([type, system, this.instance, vendorId]),
      ...{ revision: 1n, type, system, instance: this.instance, vendorId, canonicalId: canonical },
      ...{ status: 'ACTIVE', aliasOf: null, source: this.source(type, vendorId, system) },
    };
  }

  protected source(entity: string, id: string, system = 'netsuite'): Source {
    return { system, instance: this.instance, entity, id, version: null, changedAt: null };
  }
}
