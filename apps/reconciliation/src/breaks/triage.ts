import type { DecimalString } from '@tieout/canonical';
import { severityOf, type Difference } from '../checks/difference.ts';
import { hoursAfter, UNDECIDED, type BreakState } from './break-state.ts';
import type { BreakPolicy } from './policy.ts';
import { atLeast, inGroupCurrency, valueOf, type Rate } from './valuation.ts';

/** What a service knows to judge a break's weight by. */
export interface Triage {
  readonly policy: BreakPolicy;
  readonly groupCurrency: string;
  readonly rates: readonly Rate[];
}

export type Severity = 'CRITICAL' | 'WARNING';
type Weighed = Pick<
  BreakState,
  'severity' | 'value' | 'groupValue' | 'groupCurrency' | 'ownerGroup' | 'dueAt' | 'evidence'
>;

/** What a person only has to confirm, or to choose. */
const TO_CONFIRM = new Set(['suggested', 'ambiguous']);

/** No threshold makes it critical: no money is wrong or absent. */
export const isNeverMaterial = (one: Pick<BreakState, 'check' | 'kind'>): boolean =>
  TO_CONFIRM.has(one.kind) || severityOf(one) === 'warning';

/** Value, severity, owner and due date of a difference; `dueFrom` is when the work on it began. */
export function weigh(difference: Difference, openedAt: string, dueFrom: string, triage: Triage): Weighed {
  const { policy, groupCurrency, rates } = triage;
  const value = valueOf(difference);
  const valuation = { groupCurrency, rates, maxAgeDays: policy.rateMaxAgeDays };
  const { groupValue, evidence } = inGroupCurrency(value, difference.currency, openedAt.slice(0, 10), valuation);
  const severity = weightOf(difference, value, groupValue, policy);
  return {
    severity,
    value,
    groupValue,
    groupCurrency: value === null ? null : groupCurrency,
    ownerGroup: policy.owners[difference.check] ?? policy.owners['*'] ?? null,
    dueAt: dueAfter(dueFrom, severity, policy),
    evidence: { ...difference.evidence, ...evidence },
  };
}

/** What was decided about it no longer counts: the work begins anew. */
export const workedAgain = (state: BreakState, at: string, policy: BreakPolicy): BreakState => ({
  ...{ ...state, ...UNDECIDED, workflow: 'OPEN' },
  dueAt: dueAfter(at, state.severity, policy),
});

const dueAfter = (from: string, severity: BreakState['severity'], { dueHours }: BreakPolicy): string =>
  hoursAfter(from, severity === 'CRITICAL' ? dueHours.critical : dueHours.warning);

/** An amount that is not known is not known to be small. */
function weightOf(
  difference: Difference,
  value: DecimalString | null,
  groupValue: DecimalString | null,
  { materiality }: BreakPolicy,
): Severity {
  if (isNeverMaterial(difference)) return 'WARNING';
  const [own, all] = [materiality[difference.check] ?? {}, materiality['*'] ?? {}];
  const currency = difference.currency ?? '';
  const inCurrency = own[currency] ?? (own['*'] === undefined ? all[currency] : undefined);
  const [amount, least] = inCurrency === undefined ? [groupValue, own['*'] ?? all['*']] : [value, inCurrency];
  return amount !== null && least !== undefined && !atLeast(amount, least) ? 'WARNING' : 'CRITICAL';
}
