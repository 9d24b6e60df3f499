export { applyContracts, contractSchemas, IncompatibleContractError, subjectOf, writeBundle } from './apply.ts';
export type { ApplyOptions, ApplyResult, ContractChange, DesiredSchema } from './apply.ts';
export { describeChange } from './describe-plan.ts';
export { goldenSamples } from './golden.ts';
export type { GoldenSample } from './golden.ts';
