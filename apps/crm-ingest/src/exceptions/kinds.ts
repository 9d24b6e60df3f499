import { MAPPING_PROBLEMS } from '@tieout/connector-salesforce';
import type { ExceptionKind } from '@tieout/messaging';

export const NUMBER_CONFLICT = 'customer-number-conflict';
export const UNKNOWN_ENTITY = 'unknown-entity';

/** Of records that are held out; a reading raises one of them or resolves them all. */
export const HOLD_KINDS: readonly string[] = [...MAPPING_PROBLEMS, NUMBER_CONFLICT];

const common = { severity: 'WARNING', ownerGroup: 'crm-operations', dueHours: 24 } as const;

/** The exceptions that readings of the CRM raise. */
export const READING_KINDS: readonly ExceptionKind[] = [
  ...MAPPING_PROBLEMS.map((kind) => ({
    ...common,
    kind,
    cure: 'Correct the field in the CRM, or have its value mapped: the next change of the record is read by itself.',
  })),
  { ...common, kind: NUMBER_CONFLICT, cure: 'Give one of the two accounts another number in the CRM.' },
  {
    ...common,
    kind: UNKNOWN_ENTITY,
    cure: 'Take the entity out of the selected entities of Change Data Capture, or have a mapping added.',
  },
];
