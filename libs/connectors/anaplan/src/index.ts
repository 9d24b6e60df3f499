export { monthOf, timeItemOf } from './cells.map.ts';
export type { PlanningCell, PlanningItem } from './cells.map.ts';
export { createAnaplanClient } from './client.ts';
export type { AnaplanClient, Load, LoadOutcome } from './client.ts';
export type { ForecastCell, PlanningVersion } from './forecast.map.ts';
export type { ForecastWrite } from './forecast.client.ts';
export { anaplanConfig } from './config.ts';
export type { AnaplanConfig } from './config.ts';
export type { FileOutcome, RefusedRow } from './verdict.map.ts';
