import { BUNDLES } from './bundles.ts';
import { CROWD_KINDS } from './dense.ts';
import type { Desk } from './desk.ts';
import { DOUBTS } from './doubts.ts';
import { EXCHANGE } from './exchange.ts';
import { GAPS } from './gaps.ts';
import { LATE, type Delivered } from './late.ts';
import { PAIRS } from './pairs.ts';
import { REVERSALS } from './reversals.ts';
import { TOLERANCES } from './tolerances.ts';
import { TRAPS } from './traps.ts';
import type { CaseState, PlantedCase } from './types.ts';

const AT_ONCE = { ...PAIRS, ...TOLERANCES, ...BUNDLES, ...DOUBTS, ...EXCHANGE, ...GAPS, ...TRAPS, ...REVERSALS };

export type Kind = keyof typeof AT_ONCE | keyof typeof LATE;
/** Every class of situation, in the order of the reports. */
export const KINDS = [...Object.keys(AT_ONCE), ...Object.keys(LATE)] as readonly Kind[];

/** What the classes are about. */
export const FAMILIES = [
  { name: 'pairs', kinds: Object.keys(PAIRS) },
  { name: 'tolerances', kinds: Object.keys(TOLERANCES) },
  { name: 'bundles', kinds: Object.keys(BUNDLES) },
  { name: 'doubts', kinds: Object.keys(DOUBTS) },
  { name: 'exchange', kinds: Object.keys(EXCHANGE) },
  { name: 'gaps', kinds: Object.keys(GAPS) },
  { name: 'traps', kinds: Object.keys(TRAPS) },
  { name: 'reversals', kinds: Object.keys(REVERSALS) },
  { name: 'late events', kinds: Object.keys(LATE) },
  { name: 'crowds', kinds: [...CROWD_KINDS] },
] as const satisfies readonly { readonly name: string; readonly kinds: readonly string[] }[];

const MAKERS: Readonly<Record<Kind, (desk: Desk) => CaseState | Delivered>> = { ...AT_ONCE, ...LATE };

export function plant(kind: Kind, desk: Desk): PlantedCase {
  const made = MAKERS[kind](desk);
  return 'first' in made ? { kind, ...made } : { kind, first: made, second: made };
}
