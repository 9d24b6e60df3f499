import type { Finding } from '../cases/case.ts';
import type { WaitingChange } from './governed.ts';

/** A change of a governed field waits for a person. */
export const APPROVAL_NEEDED = 'approval-needed';

/** Both values, for the person who decides. @param fields empty: nothing waits */
export function approvalFinding(
  { name, accountNumber }: { readonly name: string; readonly accountNumber: string | null },
  fields: readonly WaitingChange[],
): Finding | null {
  if (fields.length === 0) return null;
  const changes = fields.map(({ field, approved, asked }) => `${field} from ${shown(approved)} to ${shown(asked)}`);
  return {
    kind: APPROVAL_NEEDED,
    message:
      `The CRM changes of customer ${name}${accountNumber === null ? '' : ` (${accountNumber})`}: ${changes.join(', ')}`.slice(
        0,
        1_000,
      ),
    details: Object.fromEntries(
      fields.flatMap(({ field, approved, asked }) => [
        [`${field}.erp`, approved ?? ''],
        [`${field}.crm`, asked ?? ''],
      ]),
    ),
  };
}

const shown = (value: string | null): string => (value === null ? 'nothing' : JSON.stringify(value));
