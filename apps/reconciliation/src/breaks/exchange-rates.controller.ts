import { Body, Controller, Get, HttpCode, Inject, Put, Query } from '@nestjs/common';
import { inTransaction } from '@tieout/messaging';
import { CurrentUser, LOGGER, parseInput, RequireRole, type Logger, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { ratesBody, ratesQuery } from './breaks-input.ts';
import { allRates, putRates } from './exchange-rate.store.ts';
import type { Rate } from './valuation.ts';

/** The rates that amounts are stated in the group's currency by. */
@Controller('exchange-rates')
export class ExchangeRatesController {
  readonly #database: DataSource;
  readonly #logger: Logger;

  constructor(@Inject(DataSource) database: DataSource, @Inject(LOGGER) logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** The newest first. */
  @Get()
  @RequireRole('auditor', 'operator')
  async list(@Query() query: unknown): Promise<{ rates: Rate[] }> {
    const { from, to, limit } = parseInput(ratesQuery, query);
    const rates = await allRates(this.#database.manager);
    const wanted = rates.filter((rate) => (from ?? rate.from) === rate.from && (to ?? rate.to) === rate.to);
    return { rates: wanted.slice(0, limit) };
  }

  /** Adds rates, or replaces those of the same pair and day. Breaks that are open are valued by them in the next run. */
  @Put()
  @HttpCode(200)
  @RequireRole('operator')
  async put(@Body() body: unknown, @CurrentUser() { subject }: User): Promise<{ stored: number }> {
    const { rates } = parseInput(ratesBody, body);
    await inTransaction(this.#database, (tx) => putRates(tx, rates));
    this.#logger.info({ rates: rates.length, by: subject }, 'exchange rates stored');
    return { stored: rates.length };
  }
}
