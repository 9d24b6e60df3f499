import { joinKey } from '@tieout/canonical';
import type { ExceptionKind, NewException, ObjectRef } from '@tieout/messaging';
import type { Target } from './receipt.ts';

export const REJECTED_ROW = 'rejected-row';
export const IMPORT_FAILED = 'import-failed';

const ownerGroup = 'planning-operations';
/** The exceptions that imports raise. Each is over by itself when a later batch is loaded. */
export const IMPORT_KINDS: readonly ExceptionKind[] = [
  {
    ...{ kind: REJECTED_ROW, severity: 'WARNING', ownerGroup, dueHours: 24 },
    cure: 'Correct in the planning model what the reason names; the cell is sent again by itself.',
  },
  {
    ...{ kind: IMPORT_FAILED, severity: 'CRITICAL', ownerGroup, dueHours: 4 },
    cure: 'Correct the import process of the planning model as the reason says; the batch is sent again by itself.',
  },
];

export const cellObject = (cell: string): ObjectRef => ({ objectType: 'cell', objectId: cell });
export const modelObject = ({ model }: Target): ObjectRef => ({ objectType: 'model', objectId: model });

/** A row that the model refused: one case per cell, open until a later batch loads it. */
export function rejectedRow({ instance, model }: Target, cell: string, reason: string): NewException {
  return {
    ...cellObject(cell),
    kind: REJECTED_ROW,
    subject: joinKey([instance, model, cell]),
    message: `The planning model refused the cell: ${reason}`,
    details: { instance, model, reason },
  };
}

/** The import fails as a whole: one case per model, open until a batch is loaded. */
export function failedImport(target: Target, reason: string): NewException {
  const { instance, model, action } = target;
  return {
    ...modelObject(target),
    kind: IMPORT_FAILED,
    subject: joinKey([instance, model]),
    message: `No row of an import counts as loaded: ${reason}`,
    details: { instance, action, reason },
  };
}
