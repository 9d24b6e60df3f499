import type { Part } from './scenario.ts';
import { consume } from './scenarios/consume.ts';
import { latency } from './scenarios/latency.ts';
import { publish } from './scenarios/publish.ts';
import { scale } from './scenarios/scale.ts';
import { service } from './scenarios/service.ts';

/** Everything that is measured, in this order. */
export const parts: readonly Part[] = [consume, publish, latency, service, scale];
