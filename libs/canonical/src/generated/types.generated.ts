// Generated from schemas/ by tools/contracts. Do not edit; run `npm run generate`.

/** Exact decimal number as text, e.g. `-12.3400`; never a binary floating point number. */
export type DecimalString = string;
/** Calendar date `YYYY-MM-DD`. */
export type DateString = string;
/** UTC instant with milliseconds, `2026-01-31T10:00:00.000Z`. */
export type TimestampString = string;

/** What the CRM owns of a customer: names, tax id, addresses, currency, terms asked, parent. A deleted customer is a full record with lifecycle DELETED. */
export interface Customer {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the CRM account). */
  readonly customerId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the customer is in its life. */
  readonly lifecycle: CustomerLifecycle;
  /** Customer number that people use; it becomes the ERP's customer number. */
  readonly accountNumber: string | null;
  /** Trading name. */
  readonly name: string;
  /** Registered name, where it differs. */
  readonly legalName: string | null;
  /** Tax or VAT registration number as written in the CRM. */
  readonly taxId: string | null;
  /** ISO 4217 code in which the customer is billed by default. */
  readonly currency: string | null;
  /** Payment terms that the CRM asks for, e.g. Net 30. */
  readonly paymentTerms: string | null;
  /** Where invoices go. */
  readonly billingAddress: Address | null;
  /** Where goods go. */
  readonly shippingAddress: Address | null;
  /** customerId of the parent company. */
  readonly parentId: string | null;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type CustomerLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** Postal address; every part may be missing. */
export interface Address {
  /** Street and number, lines separated by a line feed. */
  readonly street: string | null;
  /** City. */
  readonly city: string | null;
  /** State, province or region. */
  readonly region: string | null;
  /** Postal code. */
  readonly postalCode: string | null;
  /** Country as the source states it, an ISO 3166-1 alpha-2 code where the source has one. */
  readonly country: string | null;
}

/** Where the figure comes from, so that it can be walked back to its row. */
export interface Source {
  /** System that the value was read from: salesforce, netsuite, anaplan or tieout. */
  readonly system: string;
  /** Name of the instance of that system, main when there is one. */
  readonly instance: string;
  /** Type of the object in the system's own words, e.g. Account or invoice. */
  readonly entity: string;
  /** Id of the object in the system. */
  readonly id: string;
  /** Version that the system states for the object; information, not the order. */
  readonly version: string | null;
  /** When the system says that the object changed; information, not the order (some systems have one-second resolution). */
  readonly changedAt: TimestampString | null;
}

/** A deal in the CRM, won or not. */
export interface Opportunity {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the CRM opportunity). */
  readonly opportunityId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the deal is in its life. */
  readonly lifecycle: OpportunityLifecycle;
  /** Name of the deal. */
  readonly name: string;
  /** Customer of the deal; null while it has none. */
  readonly customerId: string | null;
  /** Sales stage, the CRM's own word. */
  readonly stage: string;
  /** Estimated value, decimal(19,4); null while nobody has said. */
  readonly amount: DecimalString | null;
  /** ISO 4217 code of the amount; null where there is none. */
  readonly currency: string | null;
  /** Date on which it was or is expected to be decided. */
  readonly closeDate: DateString;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type OpportunityLifecycle = 'UNKNOWN' | 'OPEN' | 'WON' | 'LOST' | 'DELETED';

/** A contract as the CRM holds it: what was sold to whom, and when it is to be billed. The sum of the billing schedule's net amounts is the contract's net. */
export interface Contract {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the CRM contract). */
  readonly contractId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the contract is in its life; only an ACTIVE one binds. */
  readonly lifecycle: ContractLifecycle;
  /** Contract number that people use. */
  readonly number: string;
  /** Customer that it binds. */
  readonly customerId: string;
  /** Deal that led to it. */
  readonly opportunityId: string | null;
  /** Code of the legal entity that sells and bills. */
  readonly legalEntity: string;
  /** ISO 4217 code of every amount in the record. */
  readonly currency: string;
  /** First day of the term. */
  readonly startDate: DateString | null;
  /** Length of the term in months. */
  readonly termMonths: number | null;
  /** Value before tax over the whole term, decimal(19,4): the sum of the billing schedule. */
  readonly net: DecimalString;
  /** What is to be billed when, ordered by date and id; empty while nothing was agreed. */
  readonly billingSchedule: readonly BillingLine[];
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ContractLifecycle = 'UNKNOWN' | 'DRAFT' | 'IN_APPROVAL' | 'ACTIVE' | 'ENDED' | 'DELETED';

/** One amount to be billed on one day. */
export interface BillingLine {
  /** Canonical id of the line (UUIDv5 of the CRM's billing line); the ERP's order line carries it. */
  readonly billingId: string;
  /** Date on which it is to be billed. */
  readonly billOn: DateString;
  /** Product that is billed. */
  readonly productId: string | null;
  /** Code of that product. */
  readonly productCode: string | null;
  /** Text of the line. */
  readonly description: string | null;
  /** Quantity, decimal(28,10). */
  readonly quantity: DecimalString;
  /** Price of one unit before tax, decimal(28,10). */
  readonly unitPrice: DecimalString;
  /** Amount before tax, decimal(19,4). */
  readonly net: DecimalString;
}

/** What the CRM owns of a product that is sold. */
export interface Product {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the CRM product). */
  readonly productId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the product is in its life; INACTIVE is no longer sold. */
  readonly lifecycle: ProductLifecycle;
  /** Product code that people use; it becomes the ERP's item code. */
  readonly code: string | null;
  /** Name of the product. */
  readonly name: string;
  /** Product family, the CRM's own word. */
  readonly family: string | null;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ProductLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** What an ERP owns of a customer: number, terms, credit limit, blocked, balance. One record per customer record of an ERP instance. */
export interface CustomerAccount {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP customer). */
  readonly customerAccountId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the account is in its life. */
  readonly lifecycle: CustomerAccountLifecycle;
  /** Customer that the account belongs to; null while the ERP record carries no external id of ours. */
  readonly customerId: string | null;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Customer number in the ERP. */
  readonly number: string;
  /** Name in the ERP. */
  readonly name: string;
  /** Tax registration number in the ERP. */
  readonly taxId: string | null;
  /** Legal entity that the account belongs to first; null when the ERP does not say. */
  readonly legalEntityId: string | null;
  /** ISO 4217 code of creditLimit and balance. */
  readonly currency: string | null;
  /** Payment terms in force. */
  readonly paymentTerms: string | null;
  /** Credit limit, decimal(19,4); null means none is set. */
  readonly creditLimit: DecimalString | null;
  /** Open receivables, decimal(19,4), as the ERP states them. */
  readonly balance: DecimalString | null;
  /** True when the ERP refuses new orders for the account. */
  readonly blocked: boolean;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type CustomerAccountLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** A sales order as the ERP holds it. net = billedNet + unbilledNet, and the sums of the lines are the order's. */
export interface Order {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP sales order). */
  readonly orderId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the order is in its life: PENDING awaits approval, OPEN has something left to bill, CLOSED was ended with something unbilled. */
  readonly lifecycle: OrderLifecycle;
  /** Order number that the customer sees. */
  readonly number: string;
  /** Legal entity that issued it. */
  readonly legalEntityId: string;
  /** Customer account concerned. */
  readonly customerAccountId: string | null;
  /** Customer concerned; null while the account is not linked. */
  readonly customerId: string | null;
  /** Contract that it stems from. */
  readonly contractId: string | null;
  /** ISO 4217 code of every amount in the record. */
  readonly currency: string;
  /** Date of the order. */
  readonly orderDate: DateString;
  /** Amount before tax, decimal(19,4). net + tax = gross. */
  readonly net: DecimalString;
  /** Tax, decimal(19,4). net + tax = gross. */
  readonly tax: DecimalString;
  /** Amount with tax, decimal(19,4). net + tax = gross. */
  readonly gross: DecimalString;
  /** Net of what was billed from it, decimal(19,4). net = billedNet + unbilledNet. */
  readonly billedNet: DecimalString;
  /** Net of what is still to be billed, decimal(19,4). net = billedNet + unbilledNet. */
  readonly unbilledNet: DecimalString;
  /** Lines in document order. */
  readonly lines: readonly OrderLine[];
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type OrderLifecycle = 'UNKNOWN' | 'PENDING' | 'OPEN' | 'BILLED' | 'CLOSED' | 'CANCELLED' | 'DELETED';

/** One line; amounts are in the order's currency. */
export interface OrderLine {
  /** Number of the line in the document. */
  readonly lineNumber: number;
  /** Item or service code in the ERP. */
  readonly itemCode: string | null;
  /** Text of the line. */
  readonly description: string | null;
  /** Quantity, decimal(28,10). */
  readonly quantity: DecimalString | null;
  /** Price of one unit before tax, decimal(28,10). */
  readonly unitPrice: DecimalString | null;
  /** Amount before tax, decimal(19,4). */
  readonly net: DecimalString;
  /** Tax on the line, decimal(19,4). */
  readonly tax: DecimalString;
  /** Line of the contract's billing schedule that it carries out. */
  readonly billingId: string | null;
  /** Date on which it is to be billed. */
  readonly billOn: DateString | null;
  /** Net of what was billed from the line, decimal(19,4). */
  readonly billedNet: DecimalString;
}

/** A customer invoice as the ERP holds it. net + tax = gross, and gross = paid + credited + open. The sums of the lines' net and tax are the invoice's net and tax. */
export interface Invoice {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP invoice). */
  readonly invoiceId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the invoice is in its life; PENDING is not yet posted. */
  readonly lifecycle: InvoiceLifecycle;
  /** Document number that the customer sees. */
  readonly number: string;
  /** Legal entity that issued it. */
  readonly legalEntityId: string;
  /** Customer account that is billed. */
  readonly customerAccountId: string | null;
  /** Customer that is billed; null while the account is not linked. */
  readonly customerId: string | null;
  /** Contract that the invoice bills. */
  readonly contractId: string | null;
  /** ISO 4217 code of every amount in the record. */
  readonly currency: string;
  /** Date of the invoice. */
  readonly issueDate: DateString;
  /** Date on which it is due. */
  readonly dueDate: DateString | null;
  /** Accounting month of the invoice as YYYY-MM. */
  readonly period: string;
  /** Amount before tax, decimal(19,4). net + tax = gross. */
  readonly net: DecimalString;
  /** Tax, decimal(19,4). net + tax = gross. */
  readonly tax: DecimalString;
  /** Amount with tax, decimal(19,4). net + tax = gross. */
  readonly gross: DecimalString;
  /** Settled by payments, decimal(19,4). gross = paid + credited + open. */
  readonly paid: DecimalString;
  /** Settled by credit memos, decimal(19,4). gross = paid + credited + open. */
  readonly credited: DecimalString;
  /** Still to be settled, decimal(19,4). gross = paid + credited + open. */
  readonly open: DecimalString;
  /** True when the customer disputes it. */
  readonly disputed: boolean;
  /** Lines in document order; empty when the ERP reports none. */
  readonly lines: readonly InvoiceLine[];
  /** invoiceId of the invoice that this one reverses. */
  readonly reversalOf: string | null;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type InvoiceLifecycle = 'UNKNOWN' | 'PENDING' | 'OPEN' | 'PAID' | 'VOIDED' | 'DELETED';

/** One line; net and tax are in the invoice's currency. */
export interface InvoiceLine {
  /** Number of the line in the document. */
  readonly lineNumber: number;
  /** Item or service code in the ERP. */
  readonly itemCode: string | null;
  /** Text of the line. */
  readonly description: string | null;
  /** Quantity, decimal(28,10). */
  readonly quantity: DecimalString | null;
  /** Price of one unit before tax, decimal(28,10). */
  readonly unitPrice: DecimalString | null;
  /** Amount before tax, decimal(19,4). */
  readonly net: DecimalString;
  /** Tax on the line, decimal(19,4). */
  readonly tax: DecimalString;
}

/** A credit memo to a customer as the ERP holds it. net + tax = gross, and gross = applied + refunded + unapplied. */
export interface CreditMemo {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP credit memo). */
  readonly creditMemoId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the credit memo is in its life; APPLIED has nothing left to apply. */
  readonly lifecycle: CreditMemoLifecycle;
  /** Document number that the customer sees. */
  readonly number: string;
  /** Legal entity that issued it. */
  readonly legalEntityId: string;
  /** Customer account concerned. */
  readonly customerAccountId: string | null;
  /** Customer concerned; null while the account is not linked. */
  readonly customerId: string | null;
  /** Contract that it stems from. */
  readonly contractId: string | null;
  /** ISO 4217 code of every amount in the record. */
  readonly currency: string;
  /** Date of the credit memo. */
  readonly issueDate: DateString;
  /** Accounting month of the credit memo as YYYY-MM. */
  readonly period: string;
  /** Amount before tax, decimal(19,4). net + tax = gross. */
  readonly net: DecimalString;
  /** Tax, decimal(19,4). net + tax = gross. */
  readonly tax: DecimalString;
  /** Amount with tax, decimal(19,4). net + tax = gross. */
  readonly gross: DecimalString;
  /** Applied to invoices, decimal(19,4). gross = applied + refunded + unapplied. */
  readonly applied: DecimalString;
  /** Not yet applied, decimal(19,4). gross = applied + refunded + unapplied. */
  readonly unapplied: DecimalString;
  /** Paid out to the customer of this credit memo, decimal(19,4). gross = applied + refunded + unapplied. Null: the ERP does not say, none. */
  readonly refunded: DecimalString | null;
  /** Lines in document order. */
  readonly lines: readonly CreditMemoLine[];
  /** What it was applied to. */
  readonly allocations: readonly CreditAllocation[];
  /** invoiceId of the invoice that it was created from. */
  readonly reversalOf: string | null;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type CreditMemoLifecycle = 'UNKNOWN' | 'OPEN' | 'APPLIED' | 'VOIDED' | 'DELETED';

/** One line; net and tax are positive, in the credit memo's currency. */
export interface CreditMemoLine {
  /** Number of the line in the document. */
  readonly lineNumber: number;
  /** Item or service code in the ERP. */
  readonly itemCode: string | null;
  /** Text of the line. */
  readonly description: string | null;
  /** Quantity, decimal(28,10). */
  readonly quantity: DecimalString | null;
  /** Price of one unit before tax, decimal(28,10). */
  readonly unitPrice: DecimalString | null;
  /** Amount before tax, decimal(19,4). */
  readonly net: DecimalString;
  /** Tax on the line, decimal(19,4). */
  readonly tax: DecimalString;
}

/** What it settles of one invoice. */
export interface CreditAllocation {
  /** Invoice that is settled. */
  readonly invoiceId: string;
  /** Amount applied, decimal(19,4). */
  readonly amount: DecimalString;
}

/** A customer payment as the ERP holds it. amount = sum of the allocations + refunded + unapplied. A payment with a negative amount is a refund. */
export interface Payment {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP payment). */
  readonly paymentId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the payment is in its life. */
  readonly lifecycle: PaymentLifecycle;
  /** Document number in the ERP. */
  readonly number: string;
  /** Legal entity that received it. */
  readonly legalEntityId: string;
  /** Customer account that paid. */
  readonly customerAccountId: string | null;
  /** Customer that paid; null while the account is not linked. */
  readonly customerId: string | null;
  /** ISO 4217 code of every amount in the record. */
  readonly currency: string;
  /** Date of the payment. */
  readonly paymentDate: DateString;
  /** Accounting month of the payment as YYYY-MM. */
  readonly period: string;
  /** Amount received, decimal(19,4). amount = sum of allocations + refunded + unapplied. */
  readonly amount: DecimalString;
  /** Part that neither settles a document nor was paid out, decimal(19,4). */
  readonly unapplied: DecimalString;
  /** Paid out to the customer of this payment, decimal(19,4). amount = sum of allocations + refunded + unapplied. Null: the ERP does not say, none. Of a refund, which is a payment with a negative amount, its amount. */
  readonly refunded: DecimalString | null;
  /** Means of payment in the ERP's words. */
  readonly method: string | null;
  /** What the payment settles. */
  readonly allocations: readonly Allocation[];
  /** paymentId that this payment reverses, or the paymentId or creditMemoId that this refund pays out. */
  readonly reversalOf: string | null;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type PaymentLifecycle = 'UNKNOWN' | 'POSTED' | 'VOIDED' | 'DELETED';

/** Part of a payment that settles one invoice. */
export interface Allocation {
  /** Invoice that is settled; it may arrive later than the payment. */
  readonly invoiceId: string;
  /** Amount in the payment's currency, decimal(19,4). */
  readonly amount: DecimalString;
}

/** A company of the group as an ERP holds it (a NetSuite subsidiary). */
export interface LegalEntity {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id). */
  readonly legalEntityId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the entity is in its life. */
  readonly lifecycle: LegalEntityLifecycle;
  /** Short code that finance uses for the entity; the member code of the planning model. */
  readonly code: string;
  /** Registered name. */
  readonly name: string;
  /** ISO 4217 code of its books. */
  readonly currency: string;
  /** ISO 3166-1 alpha-2 code of its seat. */
  readonly country: string | null;
  /** legalEntityId of the parent. */
  readonly parentId: string | null;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type LegalEntityLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** A place of the group where costs arise, as an ERP holds it: a cost centre of SAP S/4HANA, a department of NetSuite. One record holds its whole history: an ERP with time-dependent master data has an entry of `validity` for each interval. */
export interface CostCenter {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP cost centre). */
  readonly costCenterId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the cost centre is in its life; INACTIVE: the ERP takes no new postings to it. */
  readonly lifecycle: CostCenterLifecycle;
  /** Code that finance uses for it, unique in instance and area; the member code of the planning model. */
  readonly code: string;
  /** Name in the interval that ends last. */
  readonly name: string;
  /** Controlling area of SAP; null where the ERP has none. */
  readonly area: string | null;
  /** Intervals by their first day; they do not overlap, and may leave gaps. An ERP without dates has one without bounds. */
  readonly validity: readonly CostCenterValidity[];
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type CostCenterLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** What holds of a cost centre for some time. */
export interface CostCenterValidity {
  /** First day; null: from the beginning. */
  readonly validFrom: DateString | null;
  /** Last day; null: without end. */
  readonly validTo: DateString | null;
  /** Name in that time. */
  readonly name: string;
  /** Legal entities that may use it; empty: all of the instance. */
  readonly legalEntityIds: readonly string[];
  /** Profit centre that its costs go to. */
  readonly profitCenterId: string | null;
  /** ISO 4217 code that it is planned in; null: that of the legal entity. */
  readonly currency: string | null;
  /** Kind of cost centre in the ERP's own code. */
  readonly category: string | null;
  /** Node of the ERP's standard hierarchy that it stands below; null: below none. */
  readonly hierarchyNodeId: string | null;
  /** Who answers for it, as the ERP names the person. */
  readonly responsible: string | null;
  /** Whether the ERP refuses postings to it in that time. */
  readonly blocked: boolean;
}

/** A part of the group that answers for profit, as an ERP holds it: a profit centre of SAP S/4HANA, a class of NetSuite. One record holds its whole history, as of a cost centre. */
export interface ProfitCenter {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP profit centre). */
  readonly profitCenterId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the profit centre is in its life; INACTIVE: the ERP takes no new postings to it. */
  readonly lifecycle: ProfitCenterLifecycle;
  /** Code that finance uses for it, unique in instance and area; the member code of the planning model. */
  readonly code: string;
  /** Name in the interval that ends last. */
  readonly name: string;
  /** Controlling area of SAP; null where the ERP has none. */
  readonly area: string | null;
  /** Intervals by their first day; they do not overlap, and may leave gaps. An ERP without dates has one without bounds. */
  readonly validity: readonly ProfitCenterValidity[];
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ProfitCenterLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** What holds of a profit centre for some time. */
export interface ProfitCenterValidity {
  /** First day; null: from the beginning. */
  readonly validFrom: DateString | null;
  /** Last day; null: without end. */
  readonly validTo: DateString | null;
  /** Name in that time. */
  readonly name: string;
  /** Legal entities that may use it; empty: all of the instance. */
  readonly legalEntityIds: readonly string[];
  /** Segment of the reporting that it belongs to. */
  readonly segment: string | null;
  /** Node of the ERP's standard hierarchy that it stands below; null: below none. */
  readonly hierarchyNodeId: string | null;
  /** Who answers for it, as the ERP names the person. */
  readonly responsible: string | null;
  /** Whether the ERP refuses postings to it in that time. */
  readonly blocked: boolean;
}

/** A node of a hierarchy of cost or profit centres: a group of the standard hierarchy of SAP S/4HANA, a department or class of NetSuite that others may stand below. */
export interface HierarchyNode {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP node). */
  readonly hierarchyNodeId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the node is in its life. */
  readonly lifecycle: HierarchyNodeLifecycle;
  /** What the hierarchy orders. */
  readonly kind: HierarchyKind;
  /** Name of the hierarchy, `standard` of the ERP's own; a node is in one hierarchy. */
  readonly hierarchy: string;
  /** Controlling area of SAP; null where the ERP has none. */
  readonly area: string | null;
  /** Code of the node, unique in its hierarchy. */
  readonly code: string;
  /** Name of the node. */
  readonly name: string;
  /** hierarchyNodeId of the node above; null: a root. */
  readonly parentId: string | null;
  /** costCenterId or profitCenterId of the object that is the node; null: it only groups others. */
  readonly memberId: string | null;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type HierarchyNodeLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type HierarchyKind = 'UNKNOWN' | 'COST_CENTER' | 'PROFIT_CENTER';

/** A period of the books of an ERP and whether it takes postings. What a ledger takes is the stricter of `status` and the status of that ledger. */
export interface AccountingPeriod {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP period; of SAP S/4HANA company code, fiscal year and period). */
  readonly accountingPeriodId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Where the record of the period is in its life. */
  readonly lifecycle: AccountingPeriodLifecycle;
  /** Name of the period in the ERP, e.g. Mar 2026 or 003/2026. */
  readonly name: string;
  /** BASE: documents are posted to it by their date. ADJUSTMENT: postings name it (special period of SAP). QUARTER and YEAR only sum up others. */
  readonly kind: PeriodKind;
  /** Accounting month as YYYY-MM, as documents name it; null where the period is none. */
  readonly period: string | null;
  /** Fiscal year in the words of the ERP. */
  readonly fiscalYear: string | null;
  /** Number of the period in its fiscal year, from 1. */
  readonly number: number | null;
  /** First day. */
  readonly startDate: DateString;
  /** Last day. */
  readonly endDate: DateString;
  /** Legal entity whose books it is; null: all of the instance share it. */
  readonly legalEntityId: string | null;
  /** accountingPeriodId of the quarter or year above. */
  readonly parentId: string | null;
  /** Of the period as a whole. LOCKED: only persons with a right of their own can post; CLOSED: nobody can. We post to OPEN ones only. */
  readonly status: PeriodStatus;
  /** Parts of the books that the ERP closes by themselves; one that is not named follows `status`. */
  readonly ledgers: readonly LedgerPeriod[];
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type AccountingPeriodLifecycle = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE' | 'DELETED';

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type PeriodKind = 'UNKNOWN' | 'BASE' | 'ADJUSTMENT' | 'QUARTER' | 'YEAR';

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type PeriodStatus = 'UNKNOWN' | 'OPEN' | 'LOCKED' | 'CLOSED';

/** Whether a part of the books takes postings in the period. */
export interface LedgerPeriod {
  /** Part of the books: RECEIVABLE is account type D of SAP and A/R of NetSuite, PAYABLE K and A/P, GENERAL S, ASSET A, MATERIAL M. */
  readonly ledger: LedgerKind;
  /** Of that part. */
  readonly status: PeriodStatus;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type LedgerKind = 'UNKNOWN' | 'RECEIVABLE' | 'PAYABLE' | 'GENERAL' | 'ASSET' | 'MATERIAL';

/** An exchange rate as an ERP holds it: fromUnits of fromCurrency are worth rate times toUnits of toCurrency. It holds from its day until the next one of the same type and currencies. A rate that the ERP quotes the other way round (indirect quotation of SAP) is stated here with the currencies exchanged, so that it stays exact. */
export interface ExchangeRate {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the ERP rate; of SAP S/4HANA type, currencies and first day). */
  readonly exchangeRateId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Whether the ERP still has it. */
  readonly lifecycle: ExchangeRateLifecycle;
  /** Type of rate in the ERP's own code: M of SAP is the average rate; `default` where the ERP knows one type only. */
  readonly rateType: string;
  /** ISO 4217 code of the currency that is converted. */
  readonly fromCurrency: string;
  /** ISO 4217 code of the currency that it is converted to. */
  readonly toCurrency: string;
  /** First day on which it holds. */
  readonly validFrom: DateString;
  /** The rate, decimal(28,10), greater than zero. */
  readonly rate: DecimalString;
  /** Units of fromCurrency, 1 of most, 100 e.g. of JPY. */
  readonly fromUnits: number;
  /** Units of toCurrency, 1 of most. */
  readonly toUnits: number;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ExchangeRateLifecycle = 'UNKNOWN' | 'ACTIVE' | 'DELETED';

/** Says that an object of a system is this canonical object. One record per (type, system, instance, vendor id). */
export interface CrossReference {
  /** type|system|instance|vendorId, the record key. */
  readonly crossReferenceId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Canonical object type, e.g. customer, invoice. */
  readonly type: string;
  /** System that knows the object under vendorId. */
  readonly system: string;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Id in that system. */
  readonly vendorId: string;
  /** Canonical id of the object. */
  readonly canonicalId: string;
  /** RETIRED after the object was deleted or merged away. */
  readonly status: CrossReferenceStatus;
  /** canonicalId of the surviving object after a merge, or of the same object in a second system. */
  readonly aliasOf: string | null;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type CrossReferenceStatus = 'UNKNOWN' | 'ACTIVE' | 'RETIRED';

/** Count and sums as the source system states them at a cut-off, computed by the system where it can, to compare with what arrived. */
export interface ControlTotal {
  /** object|legalEntityId|instance|cutOff|period|currency, the record key. */
  readonly controlTotalId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** Canonical object type that was counted, e.g. invoice. */
  readonly object: string;
  /** Legal entity that was counted. */
  readonly legalEntityId: string;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Business date up to which documents count. */
  readonly cutOff: DateString;
  /** Accounting month as YYYY-MM when the total is for one month, null for all. */
  readonly period: string | null;
  /** ISO 4217 code of every amount in the record. */
  readonly currency: string;
  /** Number of documents. */
  readonly count: bigint;
  /** Sums in the record's currency, ordered by name. */
  readonly sums: readonly ControlSum[];
  /** Where the record comes from. */
  readonly source: Source;
}

/** One named sum. */
export interface ControlSum {
  /** What was summed, e.g. gross, open. */
  readonly name: string;
  /** The sum, decimal(19,4). */
  readonly amount: DecimalString;
}

/** Asks the ERP of a legal entity to hold a document as stated, or to bill one. Addressed to a legal entity, never to an instance. */
export interface ErpCommand {
  /** Id of the command; the outcome names it. */
  readonly commandId: string;
  /** What is asked: PUT_ORDER has the contract's sales order stand as stated, created or changed. WITHDRAW_ORDER takes that back: an order that does not stand yet is not created; one that stands with something left to bill is refused, because people decide about it. BILL_ORDER has the lines that it names billed by one invoice of its own, once per commandId, however often it is asked; it neither overtakes nor is overtaken by another command, but it waits for the contract's order. */
  readonly type: ErpCommandType;
  /** Contract that is carried out, the record key. */
  readonly contractId: string;
  /** Revision of the contract that the command follows; of the commands that put or withdraw the order the ERP's side keeps the highest. */
  readonly contractRevision: bigint;
  /** Contract number, for people who read the order. */
  readonly contractNumber: string;
  /** Customer that is sold to. */
  readonly customerId: string;
  /** Code of the legal entity that sells. */
  readonly legalEntity: string;
  /** ISO 4217 code of every amount in the record. */
  readonly currency: string;
  /** Date of the order. */
  readonly orderDate: DateString;
  /** Value before tax, decimal(19,4): the sum of the lines. Of BILL_ORDER what is billed. */
  readonly net: DecimalString;
  /** Lines in the order of the billing schedule. Of BILL_ORDER those that are to be billed, whole and as they stand in the order. */
  readonly lines: readonly ErpCommandLine[];
  /** Of BILL_ORDER: date of the invoice, which says the accounting period. When that is closed a person decides; null of other commands. */
  readonly invoiceDate: DateString | null;
  /** When it was asked. */
  readonly requestedAt: TimestampString;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ErpCommandType = 'UNKNOWN' | 'PUT_ORDER' | 'WITHDRAW_ORDER' | 'BILL_ORDER';

/** One line of the order. */
export interface ErpCommandLine {
  /** Line of the contract's billing schedule. */
  readonly billingId: string;
  /** Date on which it is to be billed. */
  readonly billOn: DateString;
  /** Item that is sold; null takes the ERP's default. */
  readonly itemCode: string | null;
  /** Text of the line. */
  readonly description: string | null;
  /** Quantity, decimal(28,10). */
  readonly quantity: DecimalString;
  /** Price of one unit before tax, decimal(28,10). */
  readonly unitPrice: DecimalString;
  /** Amount before tax, decimal(19,4). */
  readonly net: DecimalString;
}

/** What became of a command. A refused one may be done later, when its cause is gone: a command has as many outcomes as its state changed. */
export interface ErpOutcome {
  /** Id of the outcome. */
  readonly outcomeId: string;
  /** Command that it answers. */
  readonly commandId: string;
  /** What was asked; null where it was about the order itself: PUT_ORDER or WITHDRAW_ORDER. */
  readonly commandType: ErpCommandType | null;
  /** Contract of the command, the record key. */
  readonly contractId: string;
  /** Revision of the contract that the command followed. */
  readonly contractRevision: bigint;
  /** DONE: the ERP holds the document as asked. REFUSED: the ERP or our rules do not take it, a person must act. SUPERSEDED: a later command took its place. */
  readonly status: ErpOutcomeStatus;
  /** Instance of the ERP that answers, main when there is one. */
  readonly instance: string;
  /** Order that stands in the ERP. */
  readonly orderId: string | null;
  /** Its number. */
  readonly orderNumber: string | null;
  /** Invoice that BILL_ORDER made. */
  readonly invoiceId: string | null;
  /** Its number. */
  readonly invoiceNumber: string | null;
  /** Date of the order or invoice in the ERP where it is not the one that was asked: the period was closed, and a person decided. */
  readonly documentDate: DateString | null;
  /** Decision of a person that it follows, e.g. about a closed period. */
  readonly decisionId: string | null;
  /** Why it was refused, from the adapter's closed list. */
  readonly code: string | null;
  /** Why it was refused, for a person. */
  readonly message: string | null;
  /** When it was known. */
  readonly at: TimestampString;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ErpOutcomeStatus = 'UNKNOWN' | 'DONE' | 'REFUSED' | 'SUPERSEDED';

/** A version of the forecast in the planning system. It is usable when the topic's cells of its revision are as many as cellCount and add up to sums; contentHash then proves them cell by cell. */
export interface ForecastVersion {
  /** Canonical id (UUIDv5 of system, instance, entity and vendor id of the planning system's version). */
  readonly versionId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** DELETED when the planning system no longer has it. */
  readonly lifecycle: ForecastVersionLifecycle;
  /** Name of the version, e.g. Forecast or Budget. */
  readonly name: string;
  /** Model of the planning system that it belongs to. */
  readonly model: string;
  /** Number of cells with a value, without the rejected ones. */
  readonly cellCount: bigint;
  /** Cells that could not become records; each is an exception. */
  readonly rejectedCount: bigint;
  /** Sums of the cells, ordered by line item and currency. */
  readonly sums: readonly ForecastSum[];
  /** SHA-256 in hex over the cells, a line `forecastId legalEntityId amount` each, ordered by forecastId: amounts that swap places change it and leave count and sums as they are. */
  readonly contentHash: string;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ForecastVersionLifecycle = 'UNKNOWN' | 'ACTIVE' | 'DELETED';

/** Sum of all cells of one line item in one currency. */
export interface ForecastSum {
  /** Line item that is summed. */
  readonly lineItem: string;
  /** ISO 4217 code of the amount. */
  readonly currency: string;
  /** The sum, decimal(19,4). */
  readonly amount: DecimalString;
}

/** One cell of a version of the forecast. */
export interface Forecast {
  /** versionId|legalEntity|lineItem|period|currency, the record key. */
  readonly forecastId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** DELETED when the version no longer has a value there. */
  readonly lifecycle: ForecastLifecycle;
  /** Version that the cell belongs to. */
  readonly versionId: string;
  /** Revision of the version that the cell was read with: cells of another revision do not belong to it. */
  readonly versionRevision: bigint;
  /** Legal entity that is planned. */
  readonly legalEntityId: string;
  /** Its code. */
  readonly legalEntity: string;
  /** What is planned, the planning system's own word, e.g. Billings. */
  readonly lineItem: string;
  /** Month that is planned as YYYY-MM. */
  readonly period: string;
  /** ISO 4217 code of the amount. */
  readonly currency: string;
  /** Planned amount, decimal(19,4). */
  readonly amount: DecimalString;
  /** Where the record comes from. */
  readonly source: Source;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ForecastLifecycle = 'UNKNOWN' | 'ACTIVE' | 'DELETED';

/** Asks the adapter of a system to state what the system holds. */
export interface SnapshotRequest {
  /** Id of the snapshot that answers. */
  readonly snapshotId: string;
  /** Reconciliation run that asks. */
  readonly runId: string;
  /** What is asked for: customer, invoice, payment, cell. */
  readonly object: string;
  /** System that is asked. */
  readonly system: string;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Business date up to which documents count; null for all. */
  readonly cutOff: DateString | null;
  /** When it was asked. */
  readonly requestedAt: TimestampString;
}

/** Header of a snapshot: what the system holds, in count and sums, and whether the items are complete. Published after its items. */
export interface Snapshot {
  /** Id of the snapshot, from the request. */
  readonly snapshotId: string;
  /** Reconciliation run that asked. */
  readonly runId: string;
  /** What was asked for. */
  readonly object: string;
  /** System that was asked. */
  readonly system: string;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Business date up to which documents count; null for all. */
  readonly cutOff: DateString | null;
  /** True when every item was published; an incomplete snapshot proves nothing. */
  readonly complete: boolean;
  /** When the reading began. */
  readonly takenAt: TimestampString;
  /** Number of items. */
  readonly count: bigint;
  /** Sums over the items, ordered by name and currency. */
  readonly sums: readonly SnapshotSum[];
  /** Why the snapshot is not complete. */
  readonly error: string | null;
}

/** One named sum. */
export interface SnapshotSum {
  /** What was summed, e.g. gross, open. */
  readonly name: string;
  /** ISO 4217 code of the amount. */
  readonly currency: string;
  /** The sum, decimal(19,4). */
  readonly amount: DecimalString;
}

/** One object as the system holds it: raw fields, not the mapping that made the events. */
export interface SnapshotItem {
  /** Snapshot that the item belongs to. */
  readonly snapshotId: string;
  /** Position in the snapshot, from 0 without gaps. */
  readonly index: bigint;
  /** Id of the object in the system, or the coordinates of a planning cell. */
  readonly itemId: string;
  /** Raw fields as text by their name in the system; a field without value is absent. Amounts are the digits that the system sent. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What the planning system did with a batch of cells. sent = loaded + rejected. */
export interface PlanningReceipt {
  /** Id of the batch. */
  readonly batchId: string;
  /** Instance of the system, main when there is one. */
  readonly instance: string;
  /** Planning model. */
  readonly model: string;
  /** Import or process that loaded it. */
  readonly action: string;
  /** Rows sent. sent = loaded + rejected. */
  readonly sent: bigint;
  /** Rows accepted. */
  readonly loaded: bigint;
  /** Rows refused. */
  readonly rejected: bigint;
  /** Every refused row. */
  readonly rejections: readonly Rejection[];
  /** The planning system's own verdict on the task. */
  readonly successful: boolean;
  /** When the batch was started. */
  readonly startedAt: TimestampString;
  /** When its verdict was known. */
  readonly completedAt: TimestampString;
}

/** One refused row. */
export interface Rejection {
  /** Number of the row in the batch, from 1. */
  readonly row: bigint;
  /** Coordinates of the cell: legal entity|month|currency. */
  readonly cell: string;
  /** Reason in the planning system's words. */
  readonly reason: string;
}

/** A case for a person, current state; its transitions are in audit. */
export interface Exception {
  /** Id of the case. */
  readonly exceptionId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** What happened, from the raising service's closed list, e.g. foreign-edit, rejected-row. */
  readonly kind: string;
  /** Whether somebody still has to act. */
  readonly status: ExceptionStatus;
  /** How much it matters. */
  readonly severity: Severity;
  /** Service that raised it and owns its state. */
  readonly service: string;
  /** Type of the object concerned. */
  readonly objectType: string;
  /** Id of the object concerned, canonical where there is one. */
  readonly objectId: string;
  /** One sentence for a person. */
  readonly message: string;
  /** Facts by name. */
  readonly details: Readonly<Record<string, string>>;
  /** When it was raised. */
  readonly raisedAt: TimestampString;
  /** When this state began. */
  readonly updatedAt: TimestampString;
  /** How it ended; null while open. */
  readonly resolution: string | null;
  /** Group of people that works cases of this kind, e.g. erp-operations. */
  readonly ownerGroup: string | null;
  /** Person who works it; null while nobody does. */
  readonly assignee: string | null;
  /** Money that waits for it or is wrong because of it, decimal(19,4) in currency; null when no amount is known. */
  readonly atStake: DecimalString | null;
  /** ISO 4217 code of atStake. */
  readonly currency: string | null;
  /** What would fix it, one sentence for a person. */
  readonly cure: string | null;
  /** When it should be over. */
  readonly dueAt: TimestampString | null;
  /** What a person may decide while it is open, beside assigning and commenting. */
  readonly actions: readonly string[] | null;
  /** Last decision of a person that this state takes in, from finance.decision.v1; null when nobody has decided yet. */
  readonly lastDecisionId: string | null;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type ExceptionStatus = 'UNKNOWN' | 'OPEN' | 'RESOLVED';

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type Severity = 'UNKNOWN' | 'INFO' | 'WARNING' | 'CRITICAL';

/** What a person decided about an object, as its owner has applied it: the effect and the object's next revision share its transaction. */
export interface Decision {
  /** Id of the decision: one per target and revision decided on. */
  readonly decisionId: string;
  /** Type of what was decided about, e.g. exception. */
  readonly targetType: string;
  /** Id of what was decided about, the record key. */
  readonly targetId: string;
  /** Revision of the target that the person saw; it was still the newest when the decision was applied. */
  readonly expectedRevision: bigint;
  /** Service that owns the target and applied the decision. */
  readonly service: string;
  /** What was decided, from the actions that the target allows, e.g. assign, comment, retry, resolve. */
  readonly action: string;
  /** Who decided: subject of the person's token. */
  readonly actor: string;
  /** Role in which the person acted. */
  readonly role: string;
  /** Reason given, or the text of a comment. */
  readonly reason: string | null;
  /** Values of the action by name, e.g. assignee. */
  readonly parameters: Readonly<Record<string, string>>;
  /** When it was applied. */
  readonly at: TimestampString;
}

/** A difference between two systems that reconciliation proved, current state; its transitions are in audit. */
export interface Break {
  /** Id of the break, the same for the same difference in every run. */
  readonly breakId: string;
  /** Position of this state in the object's history, +1 with each change of content, assigned by the producing service. Keep the highest. */
  readonly revision: bigint;
  /** OPEN while the difference stands, whatever people decided about it. */
  readonly status: BreakStatus;
  /** Check that found it. */
  readonly check: string;
  /** Kind of difference, e.g. missing, amount, duplicate. */
  readonly kind: string;
  /** Type of the object that differs. */
  readonly objectType: string;
  /** Object that differs: a canonical id, a document number or the coordinates of a cell. */
  readonly object: string;
  /** Legal entity concerned. */
  readonly legalEntityId: string | null;
  /** Customer concerned. */
  readonly customerId: string | null;
  /** ISO 4217 code of difference, and of expected and actual when they are amounts. */
  readonly currency: string | null;
  /** What the first side says, as text: a decimal string when it is an amount or a count; null when the object is missing there. */
  readonly expected: string | null;
  /** What the second side says, as text: a decimal string when it is an amount or a count; null when the object is missing there. */
  readonly actual: string | null;
  /** actual - expected when both are amounts, decimal(19,4). */
  readonly difference: DecimalString | null;
  /** Run that found it first. */
  readonly firstSeenRunId: string;
  /** Run that last found it with another content than before; a run that finds it unchanged publishes nothing. */
  readonly lastSeenRunId: string;
  /** When it was found. */
  readonly openedAt: TimestampString;
  /** When a run no longer found it. */
  readonly closedAt: TimestampString | null;
  /** Facts by name that let a person walk the difference back: sources, ids, dates; rate, its date and source behind groupValue. */
  readonly evidence: Readonly<Record<string, string>>;
  /** Where the work on it stands. OPEN: nobody has decided; PROPOSED: a resolution waits for a second person; PENDING: a resolution that data has to prove; RESOLVED: decided by people, whether the difference stands or not; CLOSED: the difference is gone. */
  readonly workflow: BreakWorkflow | null;
  /** How much it matters, by the materiality of its check and currency. */
  readonly severity: Severity | null;
  /** Money that is wrong or absent, decimal(19,4) in currency, never negative; null when the difference is no amount. */
  readonly value: DecimalString | null;
  /** value in groupCurrency, decimal(19,4), by the rate that evidence names; null when there is no value or no rate. */
  readonly groupValue: DecimalString | null;
  /** ISO 4217 code of groupValue. */
  readonly groupCurrency: string | null;
  /** Group of people that works breaks of this check, e.g. finance-operations. */
  readonly ownerGroup: string | null;
  /** Person who works it; null while nobody does. */
  readonly assignee: string | null;
  /** When the work on it should be over. */
  readonly dueAt: TimestampString | null;
  /** How it is resolved, or to be resolved while the workflow is PROPOSED; null while nobody has decided. */
  readonly resolution: BreakResolution | null;
  /** Why it is resolved so, in the words of who proposed it. */
  readonly resolutionReason: string | null;
  /** Who chose the resolution: subject of the person's token. */
  readonly proposedBy: string | null;
  /** Second person who approved the resolution, never the one of proposedBy; null when none was needed or has yet. */
  readonly approvedBy: string | null;
  /** When the resolution was last proposed or approved. */
  readonly decidedAt: TimestampString | null;
  /** Day until which a PENDING resolution is believed: found again after it, the break is open again. */
  readonly expectedOn: DateString | null;
  /** What a forced match declares to be the same as the object: an id or a number of the other side. */
  readonly counterpart: string | null;
  /** Last decision of a person that this state takes in, from finance.decision.v1; null when nobody has decided yet. */
  readonly lastDecisionId: string | null;
}

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type BreakStatus = 'UNKNOWN' | 'OPEN' | 'CLOSED';

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type BreakWorkflow = 'UNKNOWN' | 'OPEN' | 'PROPOSED' | 'PENDING' | 'RESOLVED' | 'CLOSED';

/** UNKNOWN is what a reader sees for a symbol newer than its schema. */
export type BreakResolution = 'UNKNOWN' | 'CORRECTED_AT_SOURCE' | 'WRITE_OFF' | 'TIMING' | 'FX' | 'EXPLAINED' | 'FORCE_MATCH' | 'VOID';

/** One transition or act, hash-chained per target: hash = SHA-256 over the canonical JSON of the record without hash, which includes previousHash. */
export interface Audit {
  /** Id of the entry. */
  readonly auditId: string;
  /** Type of what changed. */
  readonly targetType: string;
  /** Id of what changed, the record key. */
  readonly targetId: string;
  /** What was done. */
  readonly action: string;
  /** Who did it: a user or a service. */
  readonly actor: string;
  /** Role in which a person acted. */
  readonly role: string | null;
  /** Reason given. */
  readonly reason: string | null;
  /** When. */
  readonly at: TimestampString;
  /** Position in the target's chain, from 1 without gaps. */
  readonly sequence: bigint;
  /** Content hash of the state before, SHA-256 hex; null at creation. */
  readonly beforeHash: string | null;
  /** Content hash of the state after, SHA-256 hex. */
  readonly afterHash: string | null;
  /** hash of the entry before in the chain; null for the first. */
  readonly previousHash: string | null;
  /** SHA-256 hex of this entry. */
  readonly hash: string;
  /** Facts by name. */
  readonly details: Readonly<Record<string, string>>;
}

/** A record that a service could not process: the original bytes with their origin and the reason. Redriving copies key, value and headers unchanged. */
export interface DeadLetter {
  /** Id of the dead letter (UUIDv5 of consumer group and origin). */
  readonly deadLetterId: string;
  /** Service that could not process it. */
  readonly service: string;
  /** Its consumer group. */
  readonly consumerGroup: string;
  /** Topic of the record. */
  readonly topic: string;
  /** Partition of the record. */
  readonly partition: number;
  /** Offset of the record. */
  readonly offset: bigint;
  /** Timestamp of the record. */
  readonly timestamp: TimestampString;
  /** Key bytes; null when the record has none. */
  readonly key: Buffer | null;
  /** Value bytes; null for a tombstone. */
  readonly value: Buffer | null;
  /** Headers in order. */
  readonly headers: readonly Header[];
  /** Class of the failure: data or bug. */
  readonly reason: string;
  /** Code of the error. */
  readonly errorCode: string;
  /** Text of the error. */
  readonly errorMessage: string;
  /** Stack of a bug. */
  readonly stack: string | null;
  /** How often it was tried. */
  readonly attempts: number;
  /** When it was given up. */
  readonly failedAt: TimestampString;
}

/** One header; names may repeat. */
export interface Header {
  /** Name. */
  readonly key: string;
  /** Bytes of the value. */
  readonly value: Buffer | null;
}

/** Value type by state topic. */
export interface StateValues {
  readonly 'finance.customer.v1': Customer;
  readonly 'finance.opportunity.v1': Opportunity;
  readonly 'finance.contract.v1': Contract;
  readonly 'finance.product.v1': Product;
  readonly 'finance.customer-account.v1': CustomerAccount;
  readonly 'finance.order.v1': Order;
  readonly 'finance.invoice.v1': Invoice;
  readonly 'finance.credit-memo.v1': CreditMemo;
  readonly 'finance.payment.v1': Payment;
  readonly 'finance.legal-entity.v1': LegalEntity;
  readonly 'finance.cost-center.v1': CostCenter;
  readonly 'finance.profit-center.v1': ProfitCenter;
  readonly 'finance.hierarchy-node.v1': HierarchyNode;
  readonly 'finance.accounting-period.v1': AccountingPeriod;
  readonly 'finance.exchange-rate.v1': ExchangeRate;
  readonly 'finance.cross-reference.v1': CrossReference;
  readonly 'finance.control-total.v1': ControlTotal;
  readonly 'finance.forecast-version.v1': ForecastVersion;
  readonly 'finance.forecast.v1': Forecast;
  readonly 'finance.exception.v1': Exception;
  readonly 'finance.break.v1': Break;
}

/** Value type by fact topic. */
export interface FactValues {
  readonly 'finance.erp-command.v1': ErpCommand;
  readonly 'finance.erp-outcome.v1': ErpOutcome;
  readonly 'finance.snapshot-request.v1': SnapshotRequest;
  readonly 'finance.snapshot.v1': Snapshot;
  readonly 'finance.snapshot-item.v1': SnapshotItem;
  readonly 'finance.planning-receipt.v1': PlanningReceipt;
  readonly 'finance.decision.v1': Decision;
  readonly 'finance.audit.v1': Audit;
  readonly 'finance.dead-letter.v1': DeadLetter;
}

export type StateTopicName = keyof StateValues;
export type FactTopicName = keyof FactValues;
export type TopicName = StateTopicName | FactTopicName;
/** Value of a topic, decoded. */
export type ValueOf<T extends TopicName> = (StateValues & FactValues)[T];
