import { derivedId } from '@tieout/canonical';
import type { NewRun, RunTrigger } from './run.store.ts';

/** `object@system` or `object@system:instance`. */
export interface Side {
  readonly object: string;
  readonly system: string;
  readonly instance: string;
}

export function parseSide(text: string): Side {
  const [object = '', place = ''] = text.split('@');
  const [system = '', instance = 'main'] = place.split(':');
  return { object, system, instance };
}

const sideText = ({ object, system, instance }: Side): string => `${object}@${system}:${instance}`;

export interface RunRequest {
  readonly runId: string;
  readonly trigger: RunTrigger;
  readonly asOf: string | null;
  readonly followUpOf: string | null;
  readonly requestedAt: string;
  readonly sides: readonly Side[];
}

/** The run with one snapshot per side; the same run asks for the same snapshots. */
export function planRun({ sides, ...run }: RunRequest): NewRun {
  const snapshots = sides.map((side) => ({
    ...side,
    snapshotId: derivedId('snapshot', run.runId, sideText(side)),
  }));
  return { ...run, snapshots, sides: sides.map(sideText).toSorted() };
}
