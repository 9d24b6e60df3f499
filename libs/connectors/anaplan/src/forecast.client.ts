import { TransientError } from '@tieout/messaging';
import type { Api } from './api.client.ts';
import type { AnaplanConfig } from './config.ts';
import {
  FORECAST_COLUMNS,
  type ForecastCell,
  type ForecastNames,
  fromForecastRow,
  type PlanningVersion,
  toCellEntry,
  toVersion,
} from './forecast.map.ts';
import { idOf, itemCodes, readView } from './read.client.ts';
import type { CellWriteAnswer, NamedObject, VendorVersion } from './vendor-types.ts';
import type { RefusedRow } from './verdict.map.ts';

/** What became of a write of cells. sent = written + refused; `refused[].row` counts the cells given from 1. */
export interface ForecastWrite {
  readonly sent: number;
  readonly written: number;
  readonly refused: readonly RefusedRow[];
}

/** Every version of the model, those of actuals too. Its call is one of the few that need a workspace administrator. */
export async function readVersions(api: Api): Promise<readonly PlanningVersion[]> {
  return (await api.list<VendorVersion>('versions', '/versions', 'versionMetadata')).map(toVersion);
}

/**
 * Every planned value, page by page, from one reading of the view.
 * @throws TransientError `anaplan-reading-torn` when the view has a version that was not listed just before: read again
 */
export async function* readForecast(api: Api, config: AnaplanConfig): AsyncGenerator<readonly ForecastCell[]> {
  const names: ForecastNames = {
    versions: new Map((await readVersions(api)).map((version) => [version.name, version])),
    legalEntities: await itemCodes(api, config.legalEntityList),
    currencies: await itemCodes(api, config.currencyList),
  };
  const columns = [...FORECAST_COLUMNS, ...config.forecastLineItems];
  for await (const rows of readView(api, config.forecastView, columns)) {
    yield rows.flatMap((row) => {
      const read = fromForecastRow(row, names, config.forecastLineItems);
      if ('cells' in read) return read.cells;
      throw new TransientError(
        'anaplan-reading-torn',
        `The view has a version that was not listed: ${read.unknownVersion}`,
      );
    });
  }
}

/** Writes cells as a planner does. Each stands for itself: those that the model refuses are named, the others are written. */
export async function writeForecast(
  api: Api,
  config: AnaplanConfig,
  cells: readonly Omit<ForecastCell, 'version'>[],
): Promise<ForecastWrite> {
  const modules = await api.collection<NamedObject>('modules', '/modules', 'modules');
  const path = `/modules/${idOf('module', modules, config.forecastModule)}/data`;
  const refused: RefusedRow[] = [];
  const refuse = (index: number, reason: string): void => {
    const { legalEntity, currency, month, lineItem } = cells[index] ?? {};
    refused.push({ row: index + 1, cell: [lineItem, legalEntity, currency, month].join(' / '), reason });
  };
  const entries = cells.flatMap((cell, index) => {
    const text = toCellEntry(cell);
    if (text === null) refuse(index, 'The month or the amount cannot be written');
    return text === null ? [] : [{ text, index }];
  });
  for (let start = 0; start < entries.length; start += config.cellsAWrite) {
    const portion = entries.slice(start, start + config.cellsAWrite);
    const body = `[${portion.map(({ text }) => text).join(',')}]`;
    const { failures = [] } = await api.body<CellWriteAnswer>('cells', 'POST', path, body);
    for (const { requestIndex, failureType, failureMessageDetails } of failures)
      refuse(portion[requestIndex]?.index ?? -1, failureMessageDetails ?? failureType ?? 'refused');
  }
  refused.sort((a, b) => a.row - b.row);
  return { sent: cells.length, written: cells.length - refused.length, refused };
}
