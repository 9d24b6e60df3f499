import { expect, it } from 'vitest';
import { decided, item, pairs, rules } from './matching.fixture.ts';

/* Left A 1000 and B 900, right A 900: the reference says whose the 900 are, and that their amount is wrong. */
const of = (id: string, reference: string | null, amount: string) => item(id, { reference, amount, counterparty: 'C' });
const byParty = pairs({ keys: ['counterparty'], outcome: 'suggested' });
const bySum = pairs({ keys: ['counterparty'], outcome: 'suggested', cardinality: '1:N', group: 'search' });

it('a guess by name and amount leaves an item to the one that has its reference', () => {
  const left = [of('L1', 'A', '1000'), of('L2', 'B', '900')];
  const right = [of('R1', 'A', '900')];
  expect(decided({ left, right, ruleSet: rules(pairs(), byParty) })).toEqual([
    'break amount L1 | R1 (-100)',
    'break missing-right L2 |',
  ]);
  expect(decided({ left, right, ruleSet: rules(pairs({ nearMiss: 'off' }), byParty) })).toEqual([
    'break missing-right L1 |',
    'suggested L2 | R1',
  ]);
});

it('two amounts that went to each other are two breaks, not two guesses', () => {
  const left = [of('L1', 'A', '1000'), of('L2', 'B', '1100')];
  const right = [of('R1', 'A', '1100'), of('R2', 'B', '1000')];
  expect(decided({ left, right, ruleSet: rules(pairs(), byParty) })).toEqual([
    'break amount L1 | R1 (100)',
    'break amount L2 | R2 (-100)',
  ]);
});

it('a sum may hold an item together with the one that has its reference, and not without it', () => {
  const right = [of('R1', 'A', '600'), of('R2', null, '400')];
  expect(decided({ left: [of('L1', 'A', '1000')], right, ruleSet: rules(pairs(), bySum) })).toEqual([
    'suggested L1 | R1 R2',
  ]);
  const others = [of('L1', 'B', '1000'), of('L2', 'A', '700')];
  expect(decided({ left: others, right, ruleSet: rules(pairs(), bySum) })).toEqual([
    'break missing-right L1 |',
    'break amount L2 | R1 (-100)',
    'break missing-left | R2',
  ]);
});

it('an item is free again when its counterpart was used by a rule with a reference', () => {
  const left = [of('L1', 'A', '1000'), { ...of('L2', 'B', '900'), text: 'T' }];
  const right = [{ ...of('R1', 'A', '900'), text: 'T' }, of('R2', null, '1000')];
  const ruleSet = rules(
    pairs(),
    pairs({ keys: ['date'], outcome: 'suggested', when: { left: [{ field: 'text', equals: 'none' }] } }),
    pairs({ keys: ['text'] }),
    byParty,
  );
  expect(decided({ left, right, ruleSet })).toEqual(['suggested L1 | R2', 'matched L2 | R1']);
});
