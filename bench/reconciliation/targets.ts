import type { Target } from '../judge.ts';
import { JOIN, OURS } from './scenario.ts';
import { CHANGE } from './scenarios/changes.ts';
import { FULL, MEMORY } from './scenarios/full.ts';
import { EXPONENT } from './scenarios/growth.ts';
import { FALSE_CLAIMS, FOUND, SLOWEST } from './scenarios/subsets.ts';

export const TARGETS: readonly Target[] = [
  { what: 'full run: to the bare full outer join', of: [OURS, FULL], to: [[JOIN, FULL]], atMost: 3 },
  { what: 'full run: memory of its second half to its first', of: [OURS, MEMORY], atMost: 1.1 },
  { what: 'one changed item: p99', of: [OURS, `${CHANGE}, p99`], atMost: 20, unit: 'ms' },
  { what: 'subset search over 40 candidates: slowest', of: [OURS, SLOWEST], atMost: 250, unit: 'ms' },
  { what: 'subset search: planted groupings found', of: [OURS, FOUND], atLeast: 100, unit: '%' },
  { what: 'subset search: unique claims after giving up', of: [OURS, FALSE_CLAIMS], atMost: 0, unit: 'claims' },
  { what: 'growth: power of the number of items', of: [OURS, EXPONENT], atMost: 1.1, unit: '' },
];
