import type { ExceptionKind, NewException } from '@tieout/messaging';
import type { Problem } from './order.ts';

const common = { severity: 'WARNING', ownerGroup: 'order-operations', dueHours: 24 } as const;

/** The exceptions that contracts raise. Each is over by itself, when its contract or the ERP's answer says so. */
export const PROBLEM_KINDS: readonly (ExceptionKind & Pick<Problem, 'kind'>)[] = [
  { ...common, kind: 'contract-without-billing', cure: 'Give the contract billing lines in the CRM, or end it there.' },
  {
    ...common,
    kind: 'contract-withdrawn',
    cure: 'Close the order in the ERP, or activate the contract again in the CRM.',
  },
];

/** One case per contract and kind: raised again it is the same case, reopened. */
export function exceptionOf(contractId: string, problem: Problem): NewException {
  return { ...problem, subject: contractId, objectType: 'contract', objectId: contractId };
}
