import type { BackTest } from './back-test.ts';
import type { RuleSetVersion } from './rule-set-version.ts';

/** Why an act is refused. */
export interface Objection {
  readonly code: ObjectionCode;
  readonly message: string;
}
export type ObjectionCode =
  | 'status-wrong'
  | 'rules-unchanged'
  | 'same-person'
  | 'back-test-missing'
  | 'back-test-unfinished'
  | 'back-test-old'
  | 'back-test-baseline'
  | 'back-test-incomplete'
  | 'confirmed-lost';

const objection = (code: ObjectionCode, message: string): Objection => ({ code, message });

/** @param active the version that is active now; its rules again would change nothing */
export function objectionToDraft(hash: string, active: RuleSetVersion | null): Objection | null {
  if (hash !== active?.hash) return null;
  return objection('rules-unchanged', `Version ${active.version}, which is active, has the same rules.`);
}

export function objectionToProposal(version: RuleSetVersion): Objection | null {
  return wrongStatus(version, ['draft'], 'proposed');
}

export function objectionToRejection(version: RuleSetVersion): Objection | null {
  return wrongStatus(version, ['draft', 'proposed'], 'rejected');
}

function wrongStatus({ version, status }: RuleSetVersion, from: readonly string[], to: string): Objection | null {
  if (from.includes(status)) return null;
  return objection('status-wrong', `Version ${version} is ${status}: only what is ${from.join(' or ')} can be ${to}.`);
}

/** What an approval is held against. */
export interface Approval {
  readonly actor: string;
  readonly now: string;
  readonly active: RuleSetVersion | null;
  /** The one that the approver names: what he has looked at. */
  readonly backTest: BackTest | null;
  /** How long a back-test says something about today. */
  readonly maxAgeMs: number;
  /** Comparisons that use the rule set now. */
  readonly usedBy: readonly string[];
  /** The approver has seen which confirmed matches are lost. */
  readonly acceptLost: boolean;
}

/** Four eyes: neither who wrote the rules nor who proposed them may approve them. */
export function objectionToApproval(version: RuleSetVersion, approval: Approval): Objection | null {
  const { actor } = approval;
  const status = wrongStatus(version, ['proposed'], 'activated');
  if (status !== null) return status;
  const did = actor === version.proposed?.by ? 'proposed' : actor === version.drafted.by ? 'wrote' : null;
  if (did !== null)
    return objection('same-person', `${actor} ${did} version ${version.version}: somebody else has to approve it.`);
  return objectionToBackTest(version, approval);
}

function objectionToBackTest(version: RuleSetVersion, approval: Approval): Objection | null {
  const { backTest, active, usedBy } = approval;
  if (backTest === null || backTest.hash !== version.hash || backTest.version !== version.version)
    return objection('back-test-missing', `That is no back-test of version ${version.version}.`);
  if (backTest.status !== 'done' || backTest.endedAt === null)
    return objection('back-test-unfinished', `The back-test is ${backTest.status}: only one that is done counts.`);
  if (Date.parse(approval.now) - Date.parse(backTest.endedAt) > approval.maxAgeMs)
    return objection('back-test-old', `The back-test ended ${backTest.endedAt}, which is too long ago.`);
  if ((backTest.baseline?.hash ?? null) !== (active?.hash ?? null))
    return objection(
      'back-test-baseline',
      `The back-test compares with ${nameOf(backTest.baseline)}, but ${nameOf(active)} is active now.`,
    );
  const missing = usedBy.filter((name) => !backTest.targets.some(({ comparison }) => comparison === name));
  if (missing.length > 0)
    return objection('back-test-incomplete', `The back-test leaves out ${missing.join(', ')}, which use these rules.`);
  return objectionToLosses(approval);
}

const nameOf = (version: { readonly version: number } | null): string =>
  version === null ? 'no version' : `version ${version.version}`;

function objectionToLosses({ backTest, acceptLost }: Approval): Objection | null {
  const lost = new Set(backTest?.results.flatMap(({ result }) => result.confirmed.lost.map(({ id }) => id)));
  if (lost.size === 0 || acceptLost) return null;
  return objection(
    'confirmed-lost',
    `${lost.size} matches that people confirmed would be lost (breaks ${[...lost].slice(0, 5).join(', ')}): say that you accept that.`,
  );
}
