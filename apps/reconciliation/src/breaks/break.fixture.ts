import { breakIdOf, difference, type Difference } from '../checks/difference.ts';
import type { Finding } from '../checks/verdict.ts';
import { auditActOf, type BreakState, type Transition } from './break-state.ts';
import { chained, type Audit } from '@tieout/canonical';
import type { ActContext, ActRequest } from './decide.ts';
import { DEFAULT_POLICY, type BreakPolicy } from './policy.ts';
import { seen, type RunContext } from './transition.ts';
import type { Triage } from './triage.ts';

export const RATES = [
  { from: 'EUR', to: 'USD', date: '2026-01-01', rate: '1.1', source: 'ECB' },
  { from: 'EUR', to: 'USD', date: '2026-01-05', rate: '1.2', source: 'ECB' },
];
export const policy: BreakPolicy = DEFAULT_POLICY;
export const triage: Triage = { policy, groupCurrency: 'USD', rates: RATES };

export const found = (over: Partial<Difference> = {}): Difference => ({
  ...difference({
    ...{ check: 'invoices-erp-topic', kind: 'amount', objectType: 'invoice', object: 'i', currency: 'USD' },
    ...{ expected: '1000', actual: '2000', evidence: { number: 'INV1' } },
  }),
  ...over,
});

/** An amount of the topic beside 1000 in the ERP. */
export const amountOf = (actual: string, over: Partial<Difference> = {}): Difference => {
  const parts = found(over);
  return { ...difference({ ...parts, actual }), ...over };
};

export const findingOf = (one: Difference): Finding => ({
  breakId: breakIdOf(one),
  difference: one,
  verdict: 'break',
  streak: 2,
});

/** Run of a day of January 2026. */
export const run = (day: number): RunContext => ({
  runId: `run-${day}`,
  at: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
});

export function opened(one: Difference = found(), day = 1): BreakState {
  return (seen(null, findingOf(one), run(day), triage) as Transition).after;
}

export const by = (actor: string, day = 2, rules: BreakPolicy = policy): ActContext => ({
  ...{ actor, role: 'operator', policy: rules },
  at: `2026-01-${String(day).padStart(2, '0')}T12:00:00.000Z`,
});

export const act = (
  action: ActRequest['action'],
  parameters: Record<string, string> = {},
  reason: string | null = 'because',
): ActRequest => ({ action, reason, parameters });

export const resolve = (resolution: string, more: Record<string, string> = {}): ActRequest =>
  act('resolve', { resolution, ...more });

/** The chain that these transitions write. */
export function chainOf(transitions: readonly Transition[]): Audit[] {
  return transitions.reduce<Audit[]>((chain, one) => [...chain, chained(chain.at(-1) ?? null, auditActOf(one))], []);
}
