import type { Cell } from './cells.ts';
import type { ClosedPeriod, PostedDocument } from './closed-periods.ts';
import type { BilledLine, Contract, ContractLine, ErpOrder } from './contract.ts';
import type { PlannedCostCenter } from './cost-centers.ts';
import type { ControlTotal } from './control-totals.ts';
import type { Customer } from './customers.ts';
import type { Check, ObjectType } from './difference.ts';
import type { ContractDocument, Document, ErpDocument } from './documents.ts';
import type { PlannedCell, PublishedForecast } from './forecast.ts';
import type { HeldRecords, ReferenceSide } from './cross-references.ts';
import type { HierarchySide } from './hierarchies.ts';
import type { Allocation, BalancedInvoice, ErpInvoice } from './invoice-balance.ts';
import type { Reversed } from './reversals.ts';

/** What the topics say now: documents that stand, up to the cut-off when there is one. */
export interface TopicSide {
  readonly invoices: readonly BalancedInvoice[];
  readonly payments: readonly Document[];
  readonly orders: readonly ContractDocument[];
  readonly creditMemos: readonly ContractDocument[];
  /** What payments settle. */
  readonly allocations: readonly Allocation[];
  /** What credit memos settle; null when the run does not look at them. */
  readonly creditAllocations: readonly Allocation[] | null;
  /** What was written off of invoices; null because no topic says it yet. */
  readonly writeOffs: readonly Allocation[] | null;
  /** Documents that are void or cancelled there. */
  readonly reversed: readonly Reversed[];
  readonly hierarchies: HierarchySide;
  /** Periods that take no documents of customers. */
  readonly closedPeriods: readonly ClosedPeriod[];
  /** Documents of customers that were first published after the first of these periods was closed. */
  readonly posted: readonly PostedDocument[];
  /** Months with documents behind the cut-off. */
  readonly laterMonths: ReadonlySet<string>;
  readonly controlTotals: readonly ControlTotal[];
  readonly forecast: PublishedForecast;
  /** Code by id of every legal entity. */
  readonly legalEntities: ReadonlyMap<string, string>;
}

export interface Unreadable {
  readonly check: Check;
  readonly objectType: ObjectType;
  readonly itemId: string;
  readonly reason: string;
}

/** An object that a system lists more than once under one id; one of them was taken. */
export interface Repeated {
  readonly check: Check;
  readonly objectType: ObjectType;
  readonly itemId: string;
  readonly times: number;
}

/** The sides of a run; null where the snapshot is not complete, and no topic side while the topics are not caught up with. */
export interface Sides {
  readonly topic: TopicSide | null;
  readonly erpInvoices: readonly ErpInvoice[] | null;
  readonly erpPayments: readonly ErpDocument[] | null;
  readonly erpCustomers: readonly Customer[] | null;
  readonly crmCustomers: readonly Customer[] | null;
  readonly planningCells: readonly Cell[] | null;
  readonly erpOrders: readonly ErpOrder[] | null;
  readonly erpInvoiceLines: readonly BilledLine[] | null;
  readonly erpCreditMemos: readonly (ErpDocument & ContractDocument)[] | null;
  /** Null, like their lines, in a run up to a date as well: a contract is what it is now. */
  readonly contracts: readonly Contract[] | null;
  readonly contractLines: readonly ContractLine[] | null;
  readonly plannedCells: readonly PlannedCell[] | null;
  readonly plannedCostCenters: readonly PlannedCostCenter[] | null;
  /** Documents that the ERP holds as void or cancelled, of the sides that are complete. */
  readonly erpReversed: readonly Reversed[];
  /** What the topics say of identity; null when no system is asked for its customers, or the topics are not caught up with. */
  readonly references: ReferenceSide | null;
  /** What the systems list of what has references, of the sides that are complete. */
  readonly held: readonly HeldRecords[];
  readonly unreadable: readonly Unreadable[];
  readonly repeated: readonly Repeated[];
  /** Id of a legal entity by its code, as far as the topics tell. */
  readonly legalEntityIdOf: (code: string | null) => string | null;
  /** Business date up to which the run looks, null for all. */
  readonly cutOff: string | null;
  readonly terms: CheckTerms;
}

/** What people have set. */
export interface CheckTerms {
  /** YYYY-MM-DD: what is scheduled later need not be there. */
  readonly today: string;
  readonly billingToleranceDays: number;
  /** How long a void or a cancellation may take to the other sides. */
  readonly reversalGraceMs: number;
}
