import type { Contract } from '@tieout/canonical';

/**
 * What we know of an org's picklists. Administrators add values, and unrestricted ones take any text: a value that is not
 * known here is refused, because to guess where a deal or a contract stands would bill somebody or nobody.
 */
export interface Picklists {
  /** Stages of opportunities; whether one is open, won or lost is the org's own word (IsClosed, IsWon). */
  readonly stages: readonly string[];
  /** Status of a contract -> where it is in its life. */
  readonly statuses: ReadonlyMap<string, ContractStatus>;
}
export type ContractStatus = Exclude<Contract['lifecycle'], 'UNKNOWN' | 'DELETED'>;

/** As Salesforce sets up a new org. */
export const STANDARD_PICKLISTS: Picklists = {
  stages: ['Prospecting', 'Qualification', 'Proposal/Price Quote', 'Negotiation/Review', 'Closed Won', 'Closed Lost'],
  statuses: new Map<string, ContractStatus>([
    ['Draft', 'DRAFT'],
    ['In Approval Process', 'IN_APPROVAL'],
    ['Activated', 'ACTIVE'],
  ]),
};
