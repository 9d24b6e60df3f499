export { createRandom, type Random } from '../random.ts';
export { dayAfter } from './calendar.ts';
export { apart, broken, state, together } from './answers.ts';
export { FAMILIES, KINDS, type Kind } from './kinds.ts';
export { POLICY } from './policy.ts';
export type {
  Answer,
  AnswerGroup,
  CaseState,
  PlantedCase,
  Policy,
  Scene,
  TruthItem,
  TruthOutcome,
  TruthRate,
  World,
} from './types.ts';
export { createWorld, mirrored, sceneOf, type WorldOptions } from './world.ts';
export {
  judge,
  type Fault,
  type FaultKind,
  type JudgedGroup,
  type KindScore,
  type OutcomeScore,
  type Verdict,
} from './judge.ts';
