import type { Target } from '../judge.ts';
import { BARE, OURS } from './scenario.ts';
import { MEMORY, READ } from './scenarios/read.ts';
import { REPLICAS, refused, used } from './scenarios/upserts.ts';
import { BATCH, FAR, SINGLE } from './scenarios/batch.ts';

export const TARGETS: readonly Target[] = [
  { what: 'changed invoices: to reading the same pages alone', of: [OURS, READ], to: [[BARE, READ]], atLeast: 0.8 },
  { what: 'changed invoices: memory of the second half to the first', of: [OURS, MEMORY], atMost: 1.1 },
  ...REPLICAS.flatMap((replicas): Target[] => [
    { what: used(replicas), of: [OURS, used(replicas)], atLeast: 90, unit: '%' },
    { what: refused(replicas), of: [OURS, refused(replicas)], atMost: 0, unit: 'calls' },
  ]),
  { what: 'SAP $batch, a vendor far away: to single writes', of: [BATCH, FAR], to: [[SINGLE, FAR]], atLeast: 5 },
];
