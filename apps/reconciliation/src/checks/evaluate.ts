import { joinKey } from '@tieout/canonical';
import { CHECK_DEFINITIONS, SIDE_NAMES } from './catalogue.ts';
import type { CheckDefinition } from './catalogue.ts';
import { difference, sortDifferences } from './difference.ts';
import type { BuiltInCheck, Check, Difference } from './difference.ts';
import { withGrace } from './reversals.ts';
import type { Repeated, Sides, Unreadable } from './sides.ts';
import { stationsOf } from './stations.ts';
import type { Stations } from './stations.ts';

/** A check that could not be made. */
export interface NotMade {
  readonly check: BuiltInCheck;
  /** What is missing, in words. */
  readonly because: string;
}

export interface Evaluation {
  readonly checked: ReadonlySet<Check>;
  readonly notMade: readonly NotMade[];
  readonly differences: readonly Difference[];
  readonly stations: Stations;
}

/** Makes every check whose sides are there, and says which it did not make. The order of the input does not matter. */
export function evaluate(sides: Sides): Evaluation {
  const stations = stationsOf(sides);
  const results = CHECK_DEFINITIONS.map((definition) => ({ definition, ...attempt(definition, sides, stations) }));
  const made = results.flatMap(({ definition, found }) => (found === null ? [] : [{ check: definition.check, found }]));
  const notMade = results.flatMap(({ definition: { check }, found, because }) =>
    found === null ? [{ check, because }] : [],
  );
  const checked = new Set<Check>(made.map(({ check }) => check));
  const ofItems = [...sides.unreadable.map(unreadableDifference), ...sides.repeated.map(repeatedDifference)];
  const all = [...made.flatMap(({ found }) => found), ...ofItems.filter(({ check }) => checked.has(check))];
  const codeOf = (id: string): string => sides.topic?.legalEntities.get(id) ?? id;
  const timed = withGrace(saidOnce(all), codeOf, sides.terms.reversalGraceMs);
  return { checked, notMade, stations, differences: sortDifferences(timed) };
}

function attempt(
  { needs, make }: CheckDefinition,
  sides: Sides,
  stations: Stations,
): { readonly found: readonly Difference[] | null; readonly because: string } {
  const missing = needs.filter((name) => sides[name] === null).map((name) => SIDE_NAMES[name]);
  if (missing.length > 0) return { found: null, because: `not asked or not complete: ${missing.join(', ')}` };
  return { found: make(sides, stations), because: 'the sides are there, but do not say enough' };
}

/**
 * One cause is one break. ERP and planning compared directly find what one of the two comparisons with the topics finds as well, when
 * those are made; and an amount of the schedule that is billed wrongly shows in the sum of its contract.
 */
function saidOnce(differences: readonly Difference[]): readonly Difference[] {
  const placeOf = ({ object, kind }: Difference): string => joinKey([object, kind]);
  const byTopics = new Set(differences.filter(({ check }) => VIA_TOPICS.has(check)).map(placeOf));
  const wrongSums = new Set(
    differences.flatMap(({ check, kind, object }) => (check === 'contract-billing' && kind === 'net' ? [object] : [])),
  );
  return differences.filter((one) => {
    if (one.check === 'cells-erp-planning') return !byTopics.has(placeOf(one));
    if (one.check === 'billing-schedule' && one.kind === 'amount')
      return !wrongSums.has(one.evidence['contractId'] ?? '');
    return true;
  });
}

const VIA_TOPICS: ReadonlySet<Check> = new Set(['cells-erp-topic', 'cells-topic-planning']);

const unreadableDifference = ({ check, objectType, itemId, reason }: Unreadable): Difference =>
  difference({ check, objectType, kind: 'unreadable', object: itemId, expected: null, actual: reason });

const repeatedDifference = ({ check, objectType, itemId, times }: Repeated): Difference =>
  difference({ check, objectType, kind: 'duplicate-id', object: itemId, expected: '1', actual: String(times) });
