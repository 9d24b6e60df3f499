import { type Codec, readLatestStates } from '@tieout/messaging';
import type { Kafka } from 'kafkajs';
import type { EntityManager } from 'typeorm';
import type { Planning } from './case.ts';
import { saveCells, saveVersion } from './forecast.store.ts';

export interface Recovery {
  readonly kafka: Kafka;
  readonly codec: Codec;
  readonly planning: Planning;
}

/** Belongs to no revision: such a cell is published again or gone at the next reading. */
const NO_REVISION = 0n;
const PORTION = 500;

/**
 * What the topics hold of this model's forecast, for a database that does not know: without it nothing would ever say that a
 * version or a cell is gone. The answer writes it down.
 */
export async function recoverForecast({
  kafka,
  codec,
  planning,
}: Recovery): Promise<(tx: EntityManager) => Promise<void>> {
  const isOurs = (record: { readonly lifecycle: string; readonly source: { readonly instance: string } }): boolean =>
    record.lifecycle !== 'DELETED' && record.source.instance === planning.instance;
  const versions = [...(await readLatestStates(kafka, codec, 'finance.forecast-version.v1')).values()].filter(isOurs);
  const cells = [...(await readLatestStates(kafka, codec, 'finance.forecast.v1')).values()].filter(isOurs);
  return async (tx) => {
    for (const { versionId, name, source, cellCount, rejectedCount } of versions) {
      const figures = { cells: Number(cellCount), rejected: Number(rejectedCount) };
      await saveVersion(tx, { versionId, name, vendorId: source.id }, figures, false);
    }
    const planned = Map.groupBy(cells, ({ versionId }) => versionId);
    for (const [versionId, own] of planned) {
      const known = own.map(
        ({ forecastId, legalEntityId, legalEntity, lineItem, period, currency, amount, source }) => {
          const place = { forecastId, legalEntityId, legalEntity, lineItem, period, currency };
          return { ...place, amount, sourceId: source.id };
        },
      );
      for (let start = 0; start < known.length; start += PORTION)
        await saveCells(tx, versionId, NO_REVISION, known.slice(start, start + PORTION));
    }
  };
}
