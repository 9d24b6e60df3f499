import {
  createWorld,
  KINDS,
  sceneOf,
  type Scene,
  type TruthItem,
  type TruthRate,
} from '@tieout/testing/reconciliation-truth';
import { stringify } from 'csv-stringify/sync';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGREED_RULES } from './subjects.ts';

/** Two files for `tieout reconcile` and what is true about them. */
export interface Pair {
  readonly name: string;
  readonly scene: Scene;
  readonly asOf: string;
  readonly rates: readonly TruthRate[];
  readonly rules: URL;
}

const COLUMNS = ['id', 'date', 'amount', 'currency', 'reference', 'counterparty', 'text', 'legalEntity', 'reverses'];
const RATE_COLUMNS = ['from', 'to', 'date', 'rate', 'source'];

/** Pairs of every kind, of a crowd, and of before and after something came late. */
export function plantedPairs(seed: number): Pair[] {
  const world = createWorld({ seed, cases: KINDS.length + 30, dense: 0 });
  const crowd = createWorld({ seed, cases: 1, dense: 1 });
  const of = (name: string, { policy, rates }: typeof world, scene: Scene): Pair => ({
    name,
    scene,
    asOf: policy.asOf,
    rates,
    rules: AGREED_RULES,
  });
  return [
    of('every-class', world, sceneOf(world, 'first')),
    of('every-class-later', world, sceneOf(world, 'second')),
    of('crowd', crowd, sceneOf(crowd, 'first')),
  ];
}

/** DIR/<name>/left.csv, right.csv, rates.csv, rules.yaml and truth.json. @returns the command to try for each */
export function writePairs(dir: string, pairs: readonly Pair[]): string[] {
  return pairs.map((pair) => {
    const folder = join(dir, pair.name);
    mkdirSync(folder, { recursive: true });
    const write = (file: string, content: string): void => writeFileSync(join(folder, file), content);
    write('left.csv', csv(COLUMNS, pair.scene.left));
    write('right.csv', csv(COLUMNS, pair.scene.right));
    if (pair.rates.length > 0) write('rates.csv', csv(RATE_COLUMNS, pair.rates));
    write('rules.yaml', readFileSync(pair.rules, 'utf8'));
    write('truth.json', `${JSON.stringify(truthOf(pair), null, 2)}\n`);
    return commandOf(folder, pair);
  });
}

function commandOf(folder: string, { asOf, rates }: Pair): string {
  const file = (name: string): string => join(folder, name);
  const options = ['left', 'right'].map((side) => `--${side} ${file(`${side}.csv`)}`);
  if (rates.length > 0) options.push(`--rates ${file('rates.csv')}`);
  options.push(`--rules ${file('rules.yaml')}`, `--as-of ${asOf}`, `--out ${file('result.json')}`);
  return `npm run tieout -- reconcile ${options.join(' ')}`;
}

function truthOf({ asOf, scene: { cases } }: Pair): object {
  return { asOf, cases: cases.map(({ kind, answers }) => ({ kind, answers })) };
}

function csv(columns: readonly string[], rows: readonly (TruthItem | TruthRate)[]): string {
  return stringify([...rows], { header: true, columns: [...columns] });
}
