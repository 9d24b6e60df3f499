import { sum } from '@tieout/canonical';
import { latestOf } from './difference.ts';
import type { ContractDocument, ErpDocument } from './documents.ts';

/** A contract as the CRM holds it; what a draft does not say yet is null. */
export interface Contract {
  /** Canonical id. */
  readonly id: string;
  /** Id in the CRM itself. */
  readonly vendorId: string;
  readonly number: string | null;
  /** In the CRM's words. */
  readonly status: string;
  /** Only an active contract binds. */
  readonly isActive: boolean;
  readonly customerId: string | null;
  readonly currency: string | null;
  /** Code of the legal entity that sells. */
  readonly legalEntity: string | null;
  /** Last day of its term, null when it has none. */
  readonly endsOn: string | null;
  readonly changedAt: string | null;
}

/** One amount to be billed on one day. */
export interface ContractLine {
  /** Canonical id; what bills it in the ERP carries it. */
  readonly billingId: string;
  readonly contractId: string;
  readonly vendorId: string;
  /** YYYY-MM-DD */
  readonly billOn: string;
  readonly net: string;
  readonly currency: string | null;
  readonly changedAt: string | null;
}

/** What was sold: a contract with its lines by billing id. */
export interface Sold extends Contract {
  readonly lines: ReadonlyMap<string, ContractLine>;
  /** Sum of the lines in the contract's currency. */
  readonly net: string;
}

/** An order of the ERP that stands: neither void nor cancelled. `rest` is what is left to be billed of it. */
export interface ErpOrder extends ErpDocument, ContractDocument {
  readonly net: string;
  /** Ended with what was billed until then: nothing of the rest will be. */
  readonly isClosed: boolean;
}

/** A line of an ERP invoice that stands and names a contract. */
export interface BilledLine {
  readonly invoiceId: string;
  /** Id of the invoice in the ERP itself. */
  readonly vendorId: string;
  readonly number: string;
  /** Date of the invoice. */
  readonly date: string;
  readonly legalEntityId: string;
  readonly customerId: string | null;
  readonly customerAccountId: string | null;
  readonly vendorCustomerId: string | null;
  readonly currency: string;
  readonly net: string;
  readonly contractId: string;
  /** Contract line that it bills; null when it says none. */
  readonly billingId: string | null;
  readonly changedAt: string | null;
}

/** Contracts by id, each with its lines. A contract changed when it or one of its lines did. */
export function contractsWithLines(
  contracts: readonly Contract[],
  lines: readonly ContractLine[],
): ReadonlyMap<string, Sold> {
  const byContract = Map.groupBy(lines, ({ contractId }) => contractId);
  return new Map(
    contracts.map((contract) => {
      const own = byContract.get(contract.id) ?? [];
      const inCurrency = own.filter(({ currency }) => currency === null || currency === contract.currency);
      const sold = {
        ...contract,
        lines: new Map(own.map((line) => [line.billingId, line])),
        net: sum(inCurrency.map(({ net }) => net)),
        changedAt: latestOf([contract.changedAt, ...own.map(({ changedAt }) => changedAt)]),
      };
      return [contract.id, sold];
    }),
  );
}

/** Contract facts for evidence. */
export const contractEvidence = ({ number, vendorId, lines, net, currency }: Sold): Record<string, string> => {
  const foreign = [...lines.values()].filter((line) => line.currency !== null && line.currency !== currency).length;
  return {
    contract: number ?? '',
    crm: vendorId,
    contractNet: net,
    ...(foreign > 0 && { linesInOtherCurrency: String(foreign) }),
  };
};
