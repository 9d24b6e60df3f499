import { describe, expect, it } from 'vitest';
import { faultText } from './fault-text.ts';
import { measure } from './measure.ts';
import { musts } from './musts.ts';
import { SUBJECTS } from './subjects.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`quality of seed ${seed}: npm run bench -- quality --seeds ${seed} --items 200`);

describe.each(SUBJECTS)('$name rules', (subject) => {
  const { tally } = measure(subject, [seed], 200);

  it('match nothing false, find every planted break and show every doubt', () => {
    expect(tally.faults.map(faultText)).toEqual([]);
    expect(musts(tally).every(({ of }) => of > 0)).toBe(true);
  });

  it('match what agrees exactly by themselves', () => {
    const exact = tally.kinds.find(({ kind }) => kind === 'exact');
    expect(exact).toMatchObject({ wanted: exact?.planted });
  });
});
