import { verifyChain } from '@tieout/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { act, amountOf, by, chainOf, findingOf, policy, resolve, run, triage } from './break.fixture.ts';
import { verifyBreak } from './break-case.ts';
import { RESOLUTIONS, WORKFLOWS, type BreakState, type Transition } from './break-state.ts';
import { ACTIONS, objectionTo, perform, type ActRequest } from './decide.ts';
import { isLimited } from './policy.ts';
import { expired, gone, seen } from './transition.ts';

type Step =
  | { readonly what: 'found'; readonly actual: string }
  | { readonly what: 'gone' }
  | { readonly what: 'sweep' }
  | { readonly what: 'act'; readonly who: string; readonly act: ActRequest };

const aResolution: fc.Arbitrary<ActRequest> = fc
  .tuple(fc.constantFrom(...RESOLUTIONS), fc.integer({ max: 9 }))
  .map(([one, luck]) =>
    resolve(one, {
      ...(one === 'TIMING' && luck > 0 && { expectedOn: '2026-01-28' }),
      ...(one === 'FORCE_MATCH' && luck > 0 && { counterpart: 'x' }),
    }),
  );
const anyAct = fc.constantFrom(...ACTIONS).map((action) => act(action, { assignee: 'jon', dueOn: '2026-01-31' }));
// Weighted so that proposals are made and meet their approvals: what rarely happens is rarely tried.
const anAct = fc.oneof(
  { arbitrary: aResolution, weight: 3 },
  { arbitrary: fc.constant(act('approve')), weight: 3 },
  { arbitrary: anyAct, weight: 2 },
);
const aRun = fc.oneof(
  fc.constantFrom('1000.5', '1090', '5000').map((actual) => ({ what: 'found', actual }) as const),
  fc.constantFrom({ what: 'gone' } as const, { what: 'sweep' } as const),
);
const anActOfSomebody = fc.record({
  ...{ what: fc.constant('act' as const), who: fc.constantFrom('mara', 'jon'), act: anAct },
});
const step: fc.Arbitrary<Step> = fc.oneof({ arbitrary: aRun, weight: 1 }, { arbitrary: anActOfSomebody, weight: 4 });

/** Every step on a day of its own; what does not fit is refused, as the service does. */
function lived(steps: readonly Step[]): Transition[] {
  let state: BreakState | null = null;
  const happened: Transition[] = [];
  steps.forEach((one, index) => {
    const next = taken(state, one, index + 1);
    if (next === null) return;
    happened.push(next);
    state = next.after;
  });
  return happened;
}

function taken(state: BreakState | null, one: Step, day: number): Transition | null {
  if (one.what === 'found') return seen(state, findingOf(amountOf(one.actual)), run(day), triage);
  if (state === null) return null;
  if (one.what === 'gone') return gone(state, run(day));
  if (one.what === 'sweep') return expired(state, run(day).at, policy);
  const context = by(one.who, day);
  return objectionTo(state, one.act, context) === null
    ? perform(state, BigInt(day), one.act, context).transition
    : null;
}

const lives = fc.array(step, { maxLength: 27 }).map((steps) => lived([{ what: 'found', actual: '5000' }, ...steps]));
const holds = (check: (happened: readonly Transition[]) => void): void =>
  fc.assert(fc.property(lives, check), { numRuns: 400 });

describe('whatever happens to a break', () => {
  it('no large amount is settled by one person', () =>
    holds((happened) => {
      for (const { after } of happened) {
        const { workflow, resolution, groupValue, proposedBy, approvedBy } = after;
        expect(approvedBy === null || approvedBy !== proposedBy).toBe(true);
        const isLarge = groupValue === null || Number(groupValue) > 100;
        if (workflow === 'RESOLVED' && isLarge && resolution !== 'UNKNOWN' && resolution && isLimited(resolution))
          expect([proposedBy, approvedBy]).not.toContain(null);
      }
    }));

  it('its chain verifies, and every state is the one that the chain led to', () =>
    holds((happened) => {
      const chain = chainOf(happened);
      expect(verifyChain(chain)).toBeNull();
      const last = happened.at(-1);
      if (last) expect(verifyBreak(last.after, chain).fault).toBeNull();
      happened.slice(1).forEach(({ before }, index) => expect(before).toEqual(happened[index]?.after));
    }));

  it('its status says whether the difference stands, and its work follows from an act or a run', () =>
    holds((happened) => {
      for (const {
        before,
        after,
        act: { action },
      } of happened) {
        expect(WORKFLOWS).toContain(after.workflow);
        expect(after.status === 'CLOSED').toBe(after.workflow === 'CLOSED');
        expect(after.closedAt === null).toBe(after.status === 'OPEN');
        if (after.workflow !== 'CLOSED') expect(after.resolution === null).toBe(after.workflow === 'OPEN');
        expect(REACHED[`${before?.workflow ?? 'none'} ${after.workflow ?? ''}`] ?? []).toContain(action);
      }
    }));

  it('the next run finds nothing new where nothing has changed', () =>
    holds((happened) => {
      const last = happened.at(-1)?.after;
      if (last === undefined || last.status !== 'OPEN' || last.workflow === 'PENDING') return;
      expect(seen(last, findingOf(amountOf(last.actual ?? '')), run(29), triage)).toBeNull();
    }));
});

/** How a break gets from one workflow into another. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  'none OPEN': ['opened'],
  'OPEN OPEN': ['changed', 'assigned', 'commented', 'rescheduled'],
  'OPEN PROPOSED': ['proposed'],
  'OPEN PENDING': ['resolved'],
  'OPEN RESOLVED': ['resolved'],
  'OPEN CLOSED': ['closed'],
  'PROPOSED PROPOSED': ['assigned', 'commented', 'rescheduled'],
  'PROPOSED RESOLVED': ['approved'],
  'PROPOSED OPEN': ['rejected', 'proposal-lapsed'],
  'PROPOSED CLOSED': ['closed'],
  'PENDING PENDING': ['resolved', 'assigned', 'commented', 'rescheduled'],
  'PENDING PROPOSED': ['proposed'],
  'PENDING RESOLVED': ['resolved'],
  'PENDING OPEN': ['reopened'],
  'PENDING CLOSED': ['closed'],
  'RESOLVED RESOLVED': ['commented'],
  'RESOLVED OPEN': ['reopened'],
  'RESOLVED CLOSED': ['closed'],
  'CLOSED CLOSED': ['commented'],
  'CLOSED OPEN': ['reopened'],
};
