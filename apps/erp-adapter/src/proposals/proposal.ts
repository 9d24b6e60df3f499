import type { OrderDifference } from '@tieout/connector-erp';

/** Whether a flow into an ERP writes: `propose` says what it would write, `off` does not even look. */
export type WriteMode = 'on' | 'propose' | 'off';

export type Flow = 'customers' | 'orders';

/** What would be written into an ERP, had it been allowed. */
export interface Proposal {
  /** `refused`: it would be refused, for the reason that `code` names. */
  readonly action: 'create' | 'change' | 'refused';
  /** What is asked, in the ERP's own ids and fields; null where it cannot be said. */
  readonly content: object | null;
  /** Where what stands is not what is asked. */
  readonly differences: readonly OrderDifference[];
  readonly code: string | null;
  readonly message: string | null;
}

export function refusedProposal(
  { code, message }: { readonly code: string; readonly message: string },
  content: object | null = null,
  differences: readonly OrderDifference[] = [],
): Proposal {
  return { action: 'refused', content, differences, code, message: message.slice(0, 1_000) };
}
