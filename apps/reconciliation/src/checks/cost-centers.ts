import { difference, listed } from './difference.ts';
import type { Difference } from './difference.ts';
import type { Member } from './members.ts';

/** A cost centre as a list of planning has it. */
export interface PlannedCostCenter {
  readonly code: string;
  readonly name: string | null;
}

/** What planning plans by is what the ERPs have: each code in use there is a member here, and no other. */
export function compareCostCenters(
  members: readonly Member[],
  planned: readonly PlannedCostCenter[],
): readonly Difference[] {
  const inErp = Map.groupBy(
    members.filter(({ type, isDeleted }) => type === 'cost-center' && !isDeleted),
    ({ code }) => code,
  );
  const inPlanning = new Map(planned.map((one) => [one.code, one]));
  const missing = [...inErp].filter(([code]) => !inPlanning.has(code));
  const extra = [...inPlanning.values()].filter(({ code }) => !inErp.has(code));
  return [
    ...missing.map(([code, same]) =>
      difference({
        ...{ check: 'cost-centers', kind: 'missing', objectType: 'cost-center', object: code },
        ...{ expected: same[0]?.name ?? code, actual: null, changedAt: same.map(({ changedAt }) => changedAt) },
        evidence: { instances: listed(same.map(({ instance }) => instance)) },
      }),
    ),
    ...extra.map(({ code, name }) =>
      difference({
        ...{ check: 'cost-centers', kind: 'extra', objectType: 'cost-center', object: code },
        ...{ expected: null, actual: name ?? code },
      }),
    ),
  ];
}
