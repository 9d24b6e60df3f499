import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { HealthRegistry } from './health.ts';
import type { HealthKind } from './health.ts';
import type { Metrics } from './metrics.ts';
import { METRICS } from './tokens.ts';

/** What probes and Prometheus read. */
@Controller()
export class ProbesController {
  readonly #health: HealthRegistry;
  readonly #metrics: Metrics;

  constructor(@Inject(HealthRegistry) health: HealthRegistry, @Inject(METRICS) metrics: Metrics) {
    this.#health = health;
    this.#metrics = metrics;
  }

  @Get('health/live')
  async live(@Res() response: Response): Promise<void> {
    await this.#answer('live', response);
  }

  @Get('health/ready')
  async ready(@Res() response: Response): Promise<void> {
    await this.#answer('ready', response);
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    response.setHeader('content-type', this.#metrics.contentType);
    response.send(await this.#metrics.metrics());
  }

  async #answer(kind: HealthKind, response: Response): Promise<void> {
    const report = await this.#health.report(kind);
    response.status(report.status === 'ok' ? 200 : 503).json(report);
  }
}
