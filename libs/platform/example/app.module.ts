import { Controller, Get, Inject, Module, Query } from '@nestjs/common';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { CONFIG, HealthRegistry, LOGGER, Lifecycle, defineConfig, parseInput } from '../src/index.ts';
import type { ConfigOf, Logger, ServiceDefinition } from '../src/index.ts';

const exampleConfig = defineConfig({
  GREETING: { schema: z.string().min(1), description: 'What to say.', default: 'hello' },
  VENDOR_TOKEN: { schema: z.string().optional(), description: 'Token of the vendor.', secret: true },
});
type ExampleConfig = ConfigOf<typeof exampleConfig>;

class CreateGreeting1700000000000 implements MigrationInterface {
  readonly name = 'CreateGreeting1700000000000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE greeting (text text PRIMARY KEY, seen bigint NOT NULL)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE greeting');
  }
}

const query = z.object({ times: z.coerce.number().int().min(1).max(10).default(1) });

@Controller('greetings')
class GreetingController {
  readonly #config: ExampleConfig;
  readonly #database: DataSource;
  constructor(@Inject(CONFIG) config: ExampleConfig, @Inject(DataSource) database: DataSource) {
    this.#config = config;
    this.#database = database;
  }

  @Get()
  async greet(@Query() input: unknown): Promise<{ text: string; path: string }> {
    const [row] = await this.#database.query<{ path: string }[]>(`SELECT current_setting('search_path') AS path`);
    return { text: this.#config.GREETING.repeat(parseInput(query, input).times), path: row?.path ?? '' };
  }
}

/** A part that runs by itself: started and stopped in order, and seen by /health/live. */
function ticker(logger: Logger, lifecycle: Lifecycle, health: HealthRegistry): object {
  let timer: NodeJS.Timeout | undefined;
  lifecycle.register({
    name: 'ticker',
    phase: 'workers',
    start: async () => {
      timer = setInterval(() => logger.debug('tick'), 1_000);
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
    },
  });
  health.register('ticker', () => ({ ok: timer !== undefined }), 'live');
  return {};
}

@Module({
  controllers: [GreetingController],
  providers: [{ provide: 'ticker', inject: [LOGGER, Lifecycle, HealthRegistry], useFactory: ticker }],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'example',
  config: exampleConfig,
  migrations: [CreateGreeting1700000000000],
  module: AppModule,
};
