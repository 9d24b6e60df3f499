import { compare, isDate } from '@tieout/canonical';
import type { BreakState, Resolution } from './break-state.ts';
import { isLimited, type BreakPolicy } from './policy.ts';
import { isNeverMaterial } from './triage.ts';
import { daysAfter } from './valuation.ts';

/** What a resolution means and asks for. */
export interface ResolutionRule {
  readonly resolution: Resolution;
  /** One sentence for a person. */
  readonly does: string;
  /** What has to be given beside the reason. */
  readonly needs: readonly ('expectedOn' | 'counterpart')[];
  /** Data proves it: until then it is pending, and after its day the break is open again. */
  readonly isProven: boolean;
  /** Why it cannot be used for this break; null: it can. */
  readonly objection: (state: BreakState) => string | null;
}

/** Money without documents of its own: nothing there can be void. */
const NO_DOCUMENTS = new Set(['cell', 'customer', 'forecast', 'forecast-version']);
const none = (): null => null;
const needsAmount = ({ value, kind }: BreakState): string | null =>
  value !== null || kind === 'currency' ? null : 'the break is about no amount';

export const RESOLUTION_RULES: Readonly<Record<Resolution, ResolutionRule>> = {
  CORRECTED_AT_SOURCE: {
    resolution: 'CORRECTED_AT_SOURCE',
    does: 'Says that a system was corrected. The next runs have to prove it; found again after its day, the break opens again.',
    needs: [],
    isProven: true,
    objection: none,
  },
  WRITE_OFF: {
    resolution: 'WRITE_OFF',
    does: 'Gives the amount up.',
    needs: [],
    isProven: false,
    objection: ({ value }) => (value === null ? 'there is no amount to write off' : null),
  },
  TIMING: {
    resolution: 'TIMING',
    does: 'Says that it clears by itself until a day; found again after it, the break opens again.',
    needs: ['expectedOn'],
    isProven: true,
    objection: none,
  },
  FX: {
    resolution: 'FX',
    does: 'Puts the amount down to a rate of exchange.',
    needs: [],
    isProven: false,
    objection: needsAmount,
  },
  EXPLAINED: {
    resolution: 'EXPLAINED',
    does: 'Says why the two sides may differ so.',
    needs: [],
    isProven: false,
    objection: none,
  },
  FORCE_MATCH: {
    resolution: 'FORCE_MATCH',
    does: 'Declares the object and its counterpart to be the same, although no rule says so.',
    needs: ['counterpart'],
    isProven: false,
    objection: none,
  },
  VOID: {
    resolution: 'VOID',
    does: 'Says that the document is void and counts on neither side.',
    needs: [],
    isProven: false,
    objection: ({ objectType }) => (NO_DOCUMENTS.has(objectType) ? `a ${objectType} is no document` : null),
  },
};

/** Values of a resolution as a person gives them. */
export interface ResolutionInput {
  readonly resolution: Resolution;
  readonly expectedOn: string | null;
  readonly counterpart: string | null;
}

/** Why a break cannot be resolved so; null: it can. `today` is YYYY-MM-DD. */
export function objectionToResolution(
  state: BreakState,
  { resolution, expectedOn, counterpart }: ResolutionInput,
  today: string,
  policy: BreakPolicy,
): string | null {
  const { needs, objection } = RESOLUTION_RULES[resolution];
  const against = objection(state);
  if (against !== null) return `${resolution} does not fit: ${against}.`;
  if (needs.includes('counterpart') !== (counterpart !== null))
    return `${resolution} ${counterpart === null ? 'needs a' : 'takes no'} counterpart.`;
  if (needs.includes('expectedOn') !== (expectedOn !== null))
    return `${resolution} ${expectedOn === null ? 'needs the day that it is expected on' : 'takes no expected day'}.`;
  if (expectedOn === null) return null;
  const last = daysAfter(today, policy.timingDays);
  if (isDate(expectedOn) && expectedOn >= today && expectedOn <= last) return null;
  return `The expected day must be a date from ${today} to ${last}.`;
}

/** Whether one person may not do it alone. Who does not know what it is worth does not know that it is little. */
export function needsSecondPerson(state: BreakState, resolution: Resolution, { limits }: BreakPolicy): boolean {
  if (!isLimited(resolution)) return false;
  const limit = limits[resolution];
  if (limit === null) return false;
  const asksForNoMoney = state.value === null && isNeverMaterial(state) && ['EXPLAINED', 'FX'].includes(resolution);
  if (asksForNoMoney) return false;
  return state.groupValue === null || compare(state.groupValue, limit) > 0;
}

/** Day until which a resolution is believed without proof; null for those that need none. */
export function believedUntil(
  { resolution, expectedOn }: ResolutionInput,
  today: string,
  { correctionDays }: BreakPolicy,
): string | null {
  if (!RESOLUTION_RULES[resolution].isProven) return null;
  return expectedOn ?? daysAfter(today, correctionDays);
}
