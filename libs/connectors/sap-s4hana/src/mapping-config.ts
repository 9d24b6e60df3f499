import { z } from 'zod';

/** Where a legal entity sells: its company code and the sales area that its customers and orders belong to. */
export const salesArea = z.object({
  companyCode: z.string().length(4),
  salesOrganization: z.string().length(4),
  distributionChannel: z.string().length(2),
  division: z.string().length(2),
  /** Account of the general ledger that its customers' items are summed up in. */
  reconciliationAccount: z.string().min(1).max(10),
  /** Of customers whose terms the CRM does not say. */
  paymentTerms: z.string().max(4).optional(),
  salesOrderType: z.string().max(4).default('OR'),
});

/** An OData service that the company made of a CDS view: `{ service: YY1_POSTINGPERIOD_CDS, set: YY1_PostingPeriod }`. */
const customView = z.object({ service: z.string().min(1), set: z.string().min(1) });

/** What an S/4HANA system calls the things that are its customizing. */
export const sapMappingConfig = z.object({
  /** By code of the legal entity, as contracts name it. */
  salesAreas: z.record(z.string(), salesArea).default({}),
  /** Product of order lines that name none. */
  defaultItem: z.string().min(1).max(40).nullable().default(null),
  /** Condition type of a price that is entered in the order. */
  conditionType: z.string().min(1).max(4).default('PPR0'),
  /** Condition type of a fixed amount, for what no price times quantity gives. */
  amountConditionType: z.string().min(1).max(4).default('DRV1'),
  /** False of a release whose order items have no billing date: then it is neither written nor compared. */
  itemBillingDates: z.boolean().default(true),
  /** Sales unit of prices and quantities; the product's own where it is left out. */
  unit: z.string().max(3).optional(),
  /** Reason for rejection of a line that is asked for no more. */
  rejectionReason: z.string().min(1).max(2).default('00'),
  /** Says how numbers of business partners are given. */
  businessPartnerGrouping: z.string().max(4).optional(),
  /** Type of the tax number by country of the customer, e.g. DE: DE0. */
  taxTypes: z.record(z.string().length(2), z.string().max(4)).default({}),
  /** Terms of payment as the CRM words them -> key in SAP. */
  paymentTerms: z.record(z.string(), z.string().max(4)).default({}),
  /** Document types of customers' payments. */
  paymentDocumentTypes: z.array(z.string()).default(['DZ']),
  /** Dunning blocks that say that the customer disputes an invoice. */
  disputeBlocks: z.array(z.string()).default([]),
  /** Company's own views over what no API of SAP has; what is left out is not read. */
  views: z
    .object({
      hierarchyNodes: customView.optional(),
      postingPeriods: customView.optional(),
      exchangeRates: customView.optional(),
    })
    .default({}),
  /** Language of the texts of cost and profit centres; null where their services are not activated: then the code is the name. */
  textLanguage: z.string().length(2).toUpperCase().nullable().default('EN'),
  leadingLedger: z.string().default('0L'),
  /** Every poll looks back so far: changes are stamped before they are committed. */
  overlapSeconds: z.number().int().min(0).default(10),
  /** One poll a minute looks back so far. */
  sweepSeconds: z.number().int().min(0).default(300),
  /** Customers are read as a whole so often: what changes in a company code or sales area does not move their stamp. */
  customerSweepHours: z.number().int().min(1).default(24),
});

export type CustomView = z.output<typeof customView>;
export type SalesArea = z.output<typeof salesArea>;
export type SapMappingConfig = z.output<typeof sapMappingConfig>;
