export { authRefusals } from './auth/refusal.ts';
export { CurrentUser, RequireRole, requiredRoles, ROLES } from './auth/roles.ts';
export type { Role, User } from './auth/roles.ts';
export { BASE_KEYS, defineConfig, kafkaConnection } from './base-config.ts';
export type { BaseConfig, KafkaConnection } from './base-config.ts';
export {
  ConfigError,
  defineKeys,
  describeConfig,
  flag,
  httpUrl,
  list,
  printableConfig,
  readConfig,
  secureUrl,
  wholeNumber,
} from './config.ts';
export type { ConfigDefinition, ConfigKey, ConfigKeys, ConfigOf, ConfigRule, Environment } from './config.ts';
export { acceptCorrelation, currentCorrelation, withCorrelation } from './correlation.ts';
export { databaseConnection, openDatabase } from './database.ts';
export type { DatabaseOptions, MigrationClass } from './database.ts';
export { HealthRegistry } from './health.ts';
export type { HealthCheck, HealthKind, HealthReport, HealthResult } from './health.ts';
export { ApiError, parseInput } from './http.ts';
export type { ErrorBody } from './http.ts';
export { Lifecycle } from './lifecycle.ts';
export type { Part, Phase } from './lifecycle.ts';
export { createLogger } from './logging.ts';
export type { Logger } from './logging.ts';
export { createMetrics, healthMetric, httpDuration } from './metrics.ts';
export type { Metrics } from './metrics.ts';
export { redact, redactText } from './redaction.ts';
export { routesOf } from './routes.ts';
export type { NestModule, ServiceRoute } from './routes.ts';
export { runService, startService } from './service.ts';
export type { RunningService, ServiceDefinition } from './service.ts';
export { CONFIG, LOGGER, METRICS, SERVICE_NAME } from './tokens.ts';
