import { broken, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import { allowance, flat } from './policy.ts';
import type { CaseState } from './types.ts';

/** The same document with amounts that differ by exactly what is allowed, or by one smallest unit more. */
export const TOLERANCES = {
  'amount-flat-inside': (desk: Desk) => differing(desk, small(desk), 0n),
  'amount-flat-outside': (desk: Desk) => differing(desk, small(desk), 1n),
  'amount-percent-inside': (desk: Desk) => differing(desk, large(desk), 0n),
  'amount-percent-outside': (desk: Desk) => differing(desk, large(desk), 1n),
  'amount-huge-inside': (desk: Desk) => differing(desk, huge(desk), 0n),
  'amount-huge-outside': (desk: Desk) => differing(desk, huge(desk), 1n),
  'wrong-amount': (desk: Desk) => differing(desk, desk.amount(), BigInt(desk.random.int(2_000, 9_000))),
} satisfies Record<string, (desk: Desk) => CaseState>;

/** So small that the percentage of it is below the flat allowance: of 4,999 units a tenth of a percent is 4. */
function small(desk: Desk): bigint {
  const { policy, party, random } = desk;
  if (policy.percentPpm === 0) return desk.amount();
  const most = (Number(flat(policy, party.currency)) * 1_000_000) / policy.percentPpm - 1;
  return BigInt(random.int(Math.ceil(most / 4), Math.floor(most)));
}

/** So large that the percentage decides, and a whole number of smallest units. */
function large({ policy, party, random }: Desk): bigint {
  const step = 1_000_000 / policy.percentPpm;
  const least = Number(flat(policy, party.currency)) + 2;
  return BigInt(Math.ceil(step) * random.int(least, least + 700));
}

/** A float has no room for the last digit. */
function huge(desk: Desk): bigint {
  return 10n ** 17n * BigInt(desk.random.int(1, 9)) + desk.amount() * 7n;
}

function differing(desk: Desk, units: bigint, beyond: bigint): CaseState {
  const [date, reference] = [desk.day(), desk.reference().text];
  const off = allowance(desk.policy, desk.party.currency, units) + beyond;
  const left = desk.left({ units, date, reference });
  const right = desk.right({ units: desk.random.chance(50) ? units + off : units - off, date, reference });
  return beyond === 0n
    ? state([left], [right], [together(['matched', 'explained', 'suggested'], [left], [right])])
    : state([left], [right], ...broken([left], [right], 'amount'));
}
