import type { Tally } from './tally.ts';

/** One line for people: what went wrong with which case, and what was said. */
export function faultText({ fault, kinds, scene, items, groups }: Tally['faults'][number]): string {
  const said = groups.map(
    ({ outcome, rule, left, right }) => `${outcome} by ${rule ?? 'no rule'}: ${left.join(' ')} | ${right.join(' ')}`,
  );
  return `${fault}, ${kinds}, ${scene}: ${[...items, ...said].join('; ')}`;
}
