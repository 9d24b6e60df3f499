import type { AnaplanClient, ForecastCell } from '@tieout/connector-anaplan';
import { errorCode, TransientError } from '@tieout/messaging';
import { type Reading, sameVersions } from './reading.ts';

const TORN = 'anaplan-reading-torn';
const TRIES = 3;

/**
 * Reads the whole plan while planners go on writing. The cells are one reading of the vendor's, which later writes do not touch;
 * the versions are read before and after it and must be the same, else all is read again.
 * @throws TransientError `anaplan-reading-torn` when versions change all the time
 */
export async function readPlan(client: AnaplanClient, signal?: AbortSignal): Promise<Reading> {
  for (let tries = 1; ; tries += 1) {
    const reading = await readOnce(client, signal);
    if (reading !== null) return reading;
    if (tries === TRIES) throw new TransientError(TORN, `The versions of the model changed during ${TRIES} readings`);
  }
}

/** Null when the reading is torn. */
async function readOnce(client: AnaplanClient, signal?: AbortSignal): Promise<Reading | null> {
  const versions = await client.versions(signal);
  const cells: ForecastCell[] = [];
  try {
    for await (const page of client.readForecast(signal)) for (const cell of page) cells.push(cell);
  } catch (error) {
    if (errorCode(error) === TORN) return null;
    throw error;
  }
  return sameVersions(versions, await client.versions(signal)) ? { versions, cells } : null;
}
