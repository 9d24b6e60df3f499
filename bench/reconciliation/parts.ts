import type { Part } from './scenario.ts';
import { changes } from './scenarios/changes.ts';
import { full } from './scenarios/full.ts';
import { growth } from './scenarios/growth.ts';
import { subsets } from './scenarios/subsets.ts';

/** Everything that is measured, in this order. */
export const parts: readonly Part[] = [subsets, full, changes, growth];
