import type { Part } from './scenario.ts';
import { batch } from './scenarios/batch.ts';
import { read } from './scenarios/read.ts';
import { upserts } from './scenarios/upserts.ts';

/** Everything that is measured, in this order. */
export const parts: readonly Part[] = [read, upserts, batch];
