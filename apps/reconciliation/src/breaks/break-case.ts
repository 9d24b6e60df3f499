import { contentHash, verifyChain, type Audit } from '@tieout/canonical';
import { RESOLUTIONS, type BreakState } from './break-state.ts';
import { ACTIONS, isOffered, needsReason, type Action } from './decide.ts';
import type { BreakPolicy } from './policy.ts';
import { needsSecondPerson, RESOLUTION_RULES } from './resolution-rules.ts';

/** An act that a break takes now. */
export interface OfferedAction {
  readonly action: Action;
  readonly does: string;
  readonly needsReason: boolean;
  /** Only of `resolve`. */
  readonly resolution: string | null;
  readonly needs: readonly string[];
  /** Somebody else has to approve it. */
  readonly secondPerson: boolean;
}

const DOES: Readonly<Record<Exclude<Action, 'resolve'>, string>> = {
  assign: 'Gives it to a person, or to nobody.',
  comment: 'Leaves a text in its history.',
  reschedule: 'Moves the day that it is due.',
  approve: 'Accepts the resolution that somebody else proposed.',
  reject: 'Refuses the proposed resolution: the break is open again.',
  reopen: 'Takes the resolution back: the break is open again.',
};

/** What `who` may do now; null: whoever may act, so all that anybody may. */
export function actionsOf(state: BreakState, who: string | null, policy: BreakPolicy): readonly OfferedAction[] {
  return ACTIONS.filter((action) => isOffered(state, action)).flatMap((action) => {
    if (action === 'resolve') return resolutionsOf(state, policy);
    if (action === 'approve' && who === state.proposedBy) return [];
    const plain = { resolution: null, needs: NEEDS[action] ?? [], secondPerson: false };
    return [{ action, does: DOES[action], needsReason: needsReason(action), ...plain }];
  });
}

const NEEDS: Readonly<Partial<Record<Action, readonly string[]>>> = { assign: ['assignee'], reschedule: ['dueOn'] };

const resolutionsOf = (state: BreakState, policy: BreakPolicy): OfferedAction[] =>
  RESOLUTIONS.map((resolution) => RESOLUTION_RULES[resolution])
    .filter(({ objection }) => objection(state) === null)
    .map(({ resolution, does, needs }) => ({
      ...{ action: 'resolve', does, needsReason: true, resolution, needs },
      secondPerson: needsSecondPerson(state, resolution, policy),
    }));

/** What the audit of one break proves. */
export interface ChainVerdict {
  readonly breakId: string;
  readonly entries: number;
  /** Last entry: hold it against what somebody else has. */
  readonly end: { readonly sequence: string; readonly hash: string } | null;
  /** Null: every entry follows from the one before, and the break is as the last entry left it. */
  readonly fault: { readonly sequence: string; readonly problem: string } | null;
}

export function verifyBreak(state: BreakState, chain: readonly Audit[]): ChainVerdict {
  const last = chain.at(-1);
  const broken = verifyChain(chain);
  const fault = broken ?? strayed(state, last);
  return {
    breakId: state.breakId,
    entries: chain.length,
    end: last === undefined ? null : { sequence: last.sequence.toString(), hash: last.hash },
    fault: fault && { sequence: fault.sequence.toString(), problem: fault.problem },
  };
}

function strayed(state: BreakState, last: Audit | undefined): { sequence: bigint; problem: string } | null {
  if (last === undefined) return { sequence: 0n, problem: 'it has no audit entries' };
  if (last.afterHash === contentHash(state)) return null;
  return { sequence: last.sequence, problem: 'the break is not as this last entry left it' };
}
