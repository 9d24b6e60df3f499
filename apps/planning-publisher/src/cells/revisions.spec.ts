import { expect, it } from 'vitest';
import { applyRevisions } from './revisions.ts';

const of = (id: string, revision: bigint): { id: string; revision: bigint } => ({ id, revision });

it('keeps the highest revision of each id, whatever the order of delivery', () => {
  const delivered = [of('a', 2n), of('b', 1n), of('a', 1n), of('a', 3n), of('a', 3n)];
  const { standings, latest } = applyRevisions(new Map(), delivered);
  expect(standings).toEqual(['applied', 'applied', 'superseded', 'applied', 'duplicate']);
  expect(latest).toEqual([of('a', 3n), of('b', 1n)]);
});

it('never goes below what is stored', () => {
  const { standings, latest } = applyRevisions(new Map([['a', 5n]]), [of('a', 4n), of('a', 5n), of('a', 6n)]);
  expect(standings).toEqual(['superseded', 'duplicate', 'applied']);
  expect(latest).toEqual([of('a', 6n)]);
});
