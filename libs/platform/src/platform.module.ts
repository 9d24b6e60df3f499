import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { authGuard } from './auth/auth.guard.ts';
import { WhoAmIController } from './auth/who-am-i.controller.ts';
import type { BaseConfig } from './base-config.ts';
import { openDatabase } from './database.ts';
import type { MigrationClass } from './database.ts';
import { HealthRegistry } from './health.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Logger } from './logging.ts';
import { createMetrics, healthMetric } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { ProbesController } from './probes.controller.ts';
import { CONFIG, LOGGER, METRICS, SERVICE_NAME } from './tokens.ts';

export interface PlatformOptions {
  readonly name: string;
  readonly version: string;
  readonly config: BaseConfig;
  readonly logger: Logger;
  readonly migrations: readonly MigrationClass[];
}

/** Checks of a service that only consumes, because it builds its state beside a live one. */
const CONSUMING = ['started', 'database', 'consumers'];

/**
 * What exists once per process: CONFIG, LOGGER, METRICS, SERVICE_NAME, HealthRegistry, Lifecycle, DataSource, the guard
 * of `@RequireRole`, and the probes.
 * Global because each is the process's one of its kind; nothing of a domain belongs here.
 */
@Module({})
export class PlatformModule {
  static forService(options: PlatformOptions): DynamicModule {
    const beside = options.config.BUILD_BESIDE !== undefined;
    const health = new HealthRegistry(beside ? CONSUMING : null);
    return {
      module: PlatformModule,
      global: true,
      controllers: [ProbesController, WhoAmIController],
      providers: [
        { provide: CONFIG, useValue: options.config },
        { provide: LOGGER, useValue: options.logger },
        { provide: SERVICE_NAME, useValue: options.name },
        { provide: METRICS, useFactory: () => openMetrics(options, health) },
        { provide: HealthRegistry, useValue: health },
        { provide: Lifecycle, useFactory: () => new Lifecycle(beside ? ['consumers'] : undefined) },
        { provide: APP_GUARD, inject: [CONFIG, LOGGER, METRICS], useFactory: authGuard },
        { provide: DataSource, useFactory: () => openWithHealth(options, health) },
      ],
      exports: [CONFIG, LOGGER, METRICS, SERVICE_NAME, HealthRegistry, Lifecycle, DataSource],
    };
  }
}

function openMetrics({ name, version }: PlatformOptions, health: HealthRegistry): Metrics {
  const metrics = createMetrics(name, version);
  healthMetric(metrics, health);
  return metrics;
}

async function openWithHealth(options: PlatformOptions, health: HealthRegistry): Promise<DataSource> {
  const dataSource = await openDatabase({ ...options, service: options.name });
  health.register('database', async () => {
    await dataSource.query('SELECT 1');
    return { ok: true };
  });
  return dataSource;
}
