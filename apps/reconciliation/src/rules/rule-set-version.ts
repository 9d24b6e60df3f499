import { contentHash, type Act } from '@tieout/canonical';

/**
 * - draft: written, not asked for
 * - proposed: waits for a second person
 * - active: what matches are decided by; one of a name at most
 * - retired: was active
 * - rejected: never will be
 */
export const RULE_SET_STATUSES = ['draft', 'proposed', 'active', 'retired', 'rejected'] as const;
export type RuleSetStatus = (typeof RULE_SET_STATUSES)[number];

/** Who did something, when and why. */
export interface Signed {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** A rule set as somebody wrote it: its rules never change, only what becomes of them. */
export interface RuleSetVersion {
  readonly name: string;
  /** From 1 without gaps per name. */
  readonly version: number;
  readonly status: RuleSetStatus;
  /** Whether it came with the service or from a person. */
  readonly origin: 'shipped' | 'person';
  /** Content hash of the rules: how they are laid out, and comments, do not count. */
  readonly hash: string;
  /** The version that was active when this one was written. */
  readonly basedOn: number | null;
  readonly drafted: Signed;
  readonly proposed: Signed | null;
  readonly approved: Signed | null;
  readonly rejected: Signed | null;
  readonly retired: Signed | null;
}

export interface Transition {
  readonly before: RuleSetVersion | null;
  readonly after: RuleSetVersion;
  readonly act: {
    readonly action: string;
    readonly signed: Signed;
    readonly details: Readonly<Record<string, string>>;
  };
}

export type NewVersion = Pick<RuleSetVersion, 'name' | 'version' | 'origin' | 'hash' | 'basedOn'>;

export function drafted(version: NewVersion, signed: Signed): Transition {
  const { basedOn } = version;
  const nothingYet = { proposed: null, approved: null, rejected: null, retired: null };
  const after: RuleSetVersion = { ...version, status: 'draft', drafted: signed, ...nothingYet };
  const details: Record<string, string> = basedOn === null ? {} : { basedOn: String(basedOn) };
  return { before: null, after, act: { action: 'drafted', signed, details } };
}

export function proposed(before: RuleSetVersion, signed: Signed): Transition {
  const after = { ...before, status: 'proposed', proposed: signed } as const;
  return { before, after, act: { action: 'proposed', signed, details: {} } };
}

/** @param details what the approval rests on: the back-test and what it says */
export function approved(
  before: RuleSetVersion,
  signed: Signed,
  details: Readonly<Record<string, string>>,
): Transition {
  const after = { ...before, status: 'active', approved: signed } as const;
  return { before, after, act: { action: 'activated', signed, details } };
}

/** Another version is active instead. */
export function retired(before: RuleSetVersion, instead: RuleSetVersion, { by, at }: Signed): Transition {
  const signed = { by, at, reason: `version ${instead.version} is active instead` };
  const after = { ...before, status: 'retired', retired: signed } as const;
  return { before, after, act: { action: 'retired', signed, details: { instead: String(instead.version) } } };
}

export function rejected(before: RuleSetVersion, signed: Signed): Transition {
  const after = { ...before, status: 'rejected', rejected: signed } as const;
  return { before, after, act: { action: 'rejected', signed, details: {} } };
}

/** Acts on all versions of a name are one chain: their order says which rules held when. */
export const TARGET_TYPE = 'rule-set';

/** @param role in which a person acted; null for the service itself */
export function auditActOf({ before, after, act }: Transition, role: string | null): Act {
  const { by: actor, at, reason } = act.signed;
  return {
    ...{ targetType: TARGET_TYPE, targetId: after.name, action: act.action, actor, role, reason, at },
    beforeHash: before && contentHash(before),
    afterHash: contentHash(after),
    details: { version: String(after.version), rules: after.hash, ...act.details },
  };
}
