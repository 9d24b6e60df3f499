import 'reflect-metadata';
import { rename, writeFile } from 'node:fs/promises';
import { Module } from '@nestjs/common';
import type { DynamicModule, InjectionToken, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import type { BaseConfig } from './base-config.ts';
import { ConfigError, flag, printableConfig, readConfig } from './config.ts';
import type { ConfigDefinition, Environment } from './config.ts';
import type { MigrationClass } from './database.ts';
import { HealthRegistry } from './health.ts';
import { configureHttp } from './http.ts';
import { Lifecycle } from './lifecycle.ts';
import { createLogger, nestLogger } from './logging.ts';
import type { Logger } from './logging.ts';
import { PlatformModule } from './platform.module.ts';
import { METRICS } from './tokens.ts';
import type { Metrics } from './metrics.ts';

/** Everything that makes a service: one object, exported by its app.module.ts, run by its main.ts. */
export interface ServiceDefinition {
  /** Name in logs, metrics, connections and consumer groups. */
  readonly name: string;
  readonly config: ConfigDefinition;
  readonly migrations: readonly MigrationClass[];
  readonly module: Type | DynamicModule;
  /** Token of the messaging transport, when the service consumes through Nest's microservice API. */
  readonly strategy?: InjectionToken;
}

export interface RunningService {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly config: BaseConfig;
  readonly logger: Logger;
  /** Consumers, workers, relay, HTTP, database - in this order. Safe to call twice. */
  stop(): Promise<void>;
}

const EXIT_CONFIG = 78;

/** Starts a service and resolves when it is ready. Throws ConfigError when the environment is not usable. */
export async function startService(
  definition: ServiceDefinition,
  environment: Environment = process.env,
): Promise<RunningService> {
  const values = readConfig(definition.config, environment);
  const config = values as unknown as BaseConfig;
  const logger = createLogger({ service: definition.name, level: config.LOG_LEVEL });
  logger.info({ config: printableConfig(definition.config, values) }, 'configuration');
  const app = await createApp(definition, config, logger, environment['npm_package_version'] ?? '0.1.0');
  const state = { ready: false };
  app.get(HealthRegistry).register('started', () => ({ ok: state.ready }));
  const stop = stopper(app, logger, state);
  try {
    await app.listen(config.HTTP_PORT, config.HTTP_HOST);
    const url = await app.getUrl();
    logger.info({ url }, 'listening');
    await app.get(Lifecycle).start();
    await app.startAllMicroservices();
    state.ready = true;
    if (config.READY_FILE) await writeReadyFile(config.READY_FILE, url);
    logger.info({ url }, 'ready');
    return { url, app, config, logger, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createApp(
  definition: ServiceDefinition,
  config: BaseConfig,
  logger: Logger,
  version: string,
): Promise<NestExpressApplication> {
  const platform = PlatformModule.forService({ ...definition, config, logger, version });
  class Service {}
  Module({ imports: [platform, definition.module] })(Service);
  const app = await NestFactory.create<NestExpressApplication>(Service, {
    logger: nestLogger(logger),
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
  });
  configureHttp(app, {
    logger,
    metrics: app.get<Metrics>(METRICS),
    bodyLimitBytes: config.HTTP_BODY_LIMIT_BYTES,
  });
  if (definition.strategy !== undefined)
    app.connectMicroservice({ strategy: app.get<CustomTransportStrategy>(definition.strategy) });
  return app;
}

function stopper(app: NestExpressApplication, logger: Logger, state: { ready: boolean }): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stopOnce = async (): Promise<void> => {
    state.ready = false;
    const dataSource = app.get(DataSource);
    await app.get(Lifecycle).stop(logger);
    await app.close();
    if (dataSource.isInitialized) await dataSource.destroy();
  };
  return () => (stopping ??= stopOnce());
}

/** Written beside and renamed: a supervisor never reads half a file. */
async function writeReadyFile(path: string, url: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ pid: process.pid, url })}\n`);
  await rename(draft, path);
}

/**
 * The whole life of a service process: start, run until SIGTERM, SIGINT or (when asked) the end of standard input, stop in
 * order within SHUTDOWN_DEADLINE_MS. Exit codes: 0 stopped, 1 failed, 78 configuration not usable.
 */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const bootLogger = createLogger({ service: definition.name, level: 'info' });
  const current: { service?: RunningService } = {};
  dieLoudly(bootLogger);
  stopOnSignals(current, bootLogger);
  try {
    current.service = await startService(definition);
  } catch (error) {
    exitWith(error, bootLogger);
  }
}

function exitWith(error: unknown, logger: Logger): never {
  if (error instanceof ConfigError) {
    logger.fatal({ problems: error.problems }, 'configuration not usable');
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  logger.fatal({ err: error }, 'service could not start');
  process.exit(1);
}

/** A promise nobody watches has failed: the state is unknown, a fresh process is not. */
function dieLoudly(logger: Logger): void {
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error, event }, 'unexpected failure, exiting');
      process.exit(1);
    });
}

/** Handlers are in place before the start: a service that still waits for its database stops on a signal as well. */
function stopOnSignals(current: { service?: RunningService }, bootLogger: Logger): void {
  let stopping = false;
  const stop = (reason: string): void => {
    const { service } = current;
    (service?.logger ?? bootLogger).info({ reason }, 'stopping');
    // A second signal means now.
    if (stopping || service === undefined) process.exit(stopping ? 1 : 0);
    stopping = true;
    void stopWithin(service);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  if (flag.safeParse(process.env['EXIT_ON_STDIN_CLOSE']).data === true)
    process.stdin.on('end', () => stop('standard input ended')).resume();
}

async function stopWithin({ stop, logger, config }: RunningService): Promise<never> {
  const deadlineMs = config.SHUTDOWN_DEADLINE_MS;
  setTimeout(() => {
    logger.error({ deadlineMs }, 'did not stop in time, exiting');
    process.exit(1);
  }, deadlineMs);
  try {
    await stop();
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'stop failed');
    process.exit(1);
  }
}
