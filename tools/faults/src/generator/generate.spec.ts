import { compare, sum } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { generate, lastRevisions } from './generate.ts';

const plan = { seed: 42, input: 'finance.invoice.v1', events: 200, keys: 10 } as const;

describe('the generator', () => {
  it('gives the same events for the same seed and others for another', () => {
    expect(generate(plan)).toEqual(generate(plan));
    expect(generate({ ...plan, seed: 43 })).not.toEqual(generate(plan));
  });

  it('raises the revision of each key by one, across loads, under ids that never repeat', () => {
    const first = generate(plan);
    const second = generate({ ...plan, after: lastRevisions(first) });
    const all = [...first, ...second];
    for (const key of new Set(all.map((event) => event.key))) {
      const revisions = all.filter((event) => event.key === key).map(({ revision }) => Number(revision));
      expect(revisions).toEqual(revisions.map((_, n) => n + 1));
    }
    expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(all.length);
  });

  it('makes exact decimals that a float would get wrong', () => {
    const amounts = generate(plan).map(({ amount }) => amount);
    const asFloat = String(amounts.reduce((total, amount) => total + Number(amount), 0));
    expect(amounts.every((amount) => /^-?\d+(\.\d{1,4})?$/.test(amount))).toBe(true);
    expect(sum(amounts)).not.toBe(asFloat);
    expect(compare(sum(amounts), '0')).not.toBe(0);
  });
});
