import { contentHash, type Act, type Break, type BreakResolution, type BreakWorkflow } from '@tieout/canonical';

export type BreakState = Omit<Break, 'revision'>;
export type Workflow = Exclude<BreakWorkflow, 'UNKNOWN'>;
export type Resolution = Exclude<BreakResolution, 'UNKNOWN'>;

export const WORKFLOWS = ['OPEN', 'PROPOSED', 'PENDING', 'RESOLVED', 'CLOSED'] as const satisfies readonly Workflow[];
export const RESOLUTIONS = [
  'CORRECTED_AT_SOURCE',
  'WRITE_OFF',
  'TIMING',
  'FX',
  'EXPLAINED',
  'FORCE_MATCH',
  'VOID',
] as const satisfies readonly Resolution[];

/** A break before and after, with who did what. */
export interface Transition {
  readonly before: BreakState | null;
  readonly after: BreakState;
  readonly act: Pick<Act, 'action' | 'actor' | 'role' | 'reason' | 'details' | 'at'>;
}

/** What nobody has decided yet. */
export const UNDECIDED = {
  resolution: null,
  resolutionReason: null,
  proposedBy: null,
  approvedBy: null,
  decidedAt: null,
  expectedOn: null,
  counterpart: null,
} as const satisfies Partial<BreakState>;

/** What the audit says of a transition. */
export function auditActOf({ before, after, act }: Transition): Act {
  return {
    ...act,
    targetType: 'break',
    targetId: after.breakId,
    beforeHash: before && contentHash(before),
    afterHash: contentHash(after),
  };
}

/** The instant that many hours later. */
export const hoursAfter = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();
