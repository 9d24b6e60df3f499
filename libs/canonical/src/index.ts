export { chained, verifyChain } from './audit-chain.ts';
export type { Act, ChainEnd, ChainFault } from './audit-chain.ts';
export { canonicalJson, contentHash } from './content-hash.ts';
export { ExactSum } from './exact-sum.ts';
export { MINOR_UNITS } from './currencies.generated.ts';
export { forecastContentHash, forecastSums, usableVersion } from './forecast-version.ts';
export type { ForecastCell, ForecastDisagreement, ForecastHeader, VersionVerdict } from './forecast-version.ts';
export { TOPIC_SCHEMAS } from './generated/schemas.generated.ts';
export { GOVERNED_FIELDS, PRODUCING_SERVICES, TOPIC_NAMES, TOPICS } from './generated/topics.generated.ts';
export type { TopicMetadata } from './generated/topics.generated.ts';
export type * from './generated/types.generated.ts';
export { canonicalId, crossReferenceId, derivedId, joinKey, uuidV5 } from './ids.ts';
export { InvalidValueError } from './invalid-value-error.ts';
export type { InvalidValueCode } from './invalid-value-error.ts';
export {
  add,
  compare,
  formatAmount,
  fromUnits,
  isCurrency,
  isDecimal,
  isZero,
  minorUnits,
  negate,
  parseDecimal,
  subtract,
  sum,
  toUnits,
} from './money.ts';
export {
  addMonths,
  assertDate,
  firstDayOf,
  isDate,
  lastDayOf,
  monthsBetween,
  periodOf,
  periodRange,
} from './periods.ts';
export type { Period } from './periods.ts';
