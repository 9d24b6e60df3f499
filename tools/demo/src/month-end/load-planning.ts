import { waiting, type Stage } from '../scene.ts';
import { until, type Check } from '../wait.ts';
import type { ForecastCell } from './scenario.ts';

/**
 * Writes the forecast versions as planners do, as soon as the model has the legal entities and currencies: the pipeline brings
 * them with the first actuals. A cell that is written once more says the same, so what was refused is sent again with the rest.
 * @throws WaitedInVain when the model goes on refusing cells
 */
export async function planForecast(stage: Stage, cells: readonly ForecastCell[]): Promise<void> {
  const { anaplan } = stage.environment;
  await until(
    async (): Promise<Check<null>> => {
      const versions = new Map((await anaplan.versions(stage.signal)).map(({ name, id }) => [name, id]));
      const entries = cells.map(({ version, entity: legalEntity, currency, month, lineItem, amount }) => ({
        versionId: versions.get(version) ?? version,
        legalEntity,
        currency,
        month,
        lineItem,
        amount,
      }));
      const { written, refused } = await anaplan.writeForecast(entries, stage.signal);
      const [first] = refused;
      if (first === undefined) return { done: true, value: null };
      const missing = `${written} of ${cells.length} forecast cells, ${first.cell ?? `row ${first.row}`}: ${first.reason}`;
      return { done: false, missing };
    },
    waiting(stage, 'the forecast to be written'),
  );
}
