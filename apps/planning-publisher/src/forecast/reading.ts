import type { ForecastCell, PlanningVersion } from '@tieout/connector-anaplan';

/** What the model plans, as it was at one time: its versions, those of actuals too, and every cell of the others. */
export interface Reading {
  readonly versions: readonly PlanningVersion[];
  readonly cells: readonly ForecastCell[];
}

/** Whether the same versions were there, under the same names: then no cell read in between stands under a wrong one. */
export function sameVersions(before: readonly PlanningVersion[], after: readonly PlanningVersion[]): boolean {
  const text = (versions: readonly PlanningVersion[]): string =>
    JSON.stringify(versions.map(({ id, name, isActual }) => [id, name, isActual]).toSorted());
  return text(before) === text(after);
}
