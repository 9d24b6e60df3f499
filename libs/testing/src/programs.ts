/** What programs may use too: nothing here needs a test runner. */
export { eventually, type EventuallyOptions } from './eventually.ts';
export { ApiKey, startCuttingProxy, throughProxy } from './proxy.ts';
export type { ApiKeyName, CutOptions, CutPoint, CuttingProxy, Toxics } from './proxy.ts';
export { createRandom, type Random } from './random.ts';
export { runTs, type RunOptions, type TsProcess } from './run-ts.ts';
