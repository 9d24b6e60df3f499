import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { isDate } from '@tieout/canonical';
import { ApiError, parseInput, RequireRole } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import type { TopicFigures } from '../topic-state/topic-figures.store.ts';
import { findRun, findingsOf, latestEnded, listRuns, stationCells, topicFigures } from './run.store.ts';
import type { Run } from './run.store.ts';
import { RunWorker } from './run.worker.ts';
import { heldBySystem } from './systems.ts';
import type { HeldBySystem } from './systems.ts';
import { snapshotsOf } from './snapshot.store.ts';

const MAX_PAGE = 500;
const newRun = z
  .strictObject({
    asOf: z.string().refine(isDate, 'expected a date YYYY-MM-DD').nullish(),
    objects: z
      .array(z.string().regex(/^[a-z-]+@[a-z0-9-]+(:[\w-]+)?$/, 'expected object@system'))
      .min(1)
      .max(20)
      .nullish(),
  })
  .nullish();
const page = z.object({ limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50) });
const runId = z.uuid({ error: 'expected the id of a run' });
const ofRun = z.object({ runId: runId.optional() });

@Controller()
export class RunsController {
  readonly #worker: RunWorker;
  readonly #database: DataSource;

  constructor(@Inject(RunWorker) worker: RunWorker, @Inject(DataSource) database: DataSource) {
    this.#worker = worker;
    this.#database = database;
  }

  /** Starts a run; look at it under its id until its status is no longer `waiting`. */
  @Post('runs')
  @RequireRole('operator')
  @HttpCode(202)
  start(@Body() body: unknown): Promise<Run> {
    const input = parseInput(newRun, body);
    return this.#worker.request(input?.asOf ?? null, input?.objects ?? null);
  }

  @Get('runs')
  async list(@Query() query: unknown): Promise<{ runs: readonly Run[] }> {
    return { runs: await listRuns(this.#database.manager, parseInput(page, query).limit) };
  }

  /** A run with what it found, at most 500 findings. */
  @Get('runs/:id')
  async one(@Param('id') id: unknown): Promise<Run & { findings: unknown[] }> {
    const run = await this.#find(parseInput(runId, id));
    return { ...run, findings: await findingsOf(this.#database.manager, run.runId, MAX_PAGE) };
  }

  /** Figures per station of a run, of the latest that made checks when none is named. */
  @Get('stations')
  async stations(@Query() query: unknown): Promise<{ run: Run; stations: Record<string, unknown[]> }> {
    const run = await this.#named(query);
    const stations: Record<string, unknown[]> = { erp: [], topic: [], planning: [] };
    for (const { station, ...cell } of await stationCells(this.#database.manager, run.runId))
      stations[station]?.push(cell);
    return { run, stations };
  }

  /** What each system said that it holds, beside what the topics held, of the latest run that made checks when none is named. */
  @Get('systems')
  async systems(
    @Query() query: unknown,
  ): Promise<{ run: Run; systems: readonly HeldBySystem[]; topics: readonly TopicFigures[] }> {
    const run = await this.#named(query);
    const { manager } = this.#database;
    const systems = (await snapshotsOf(manager, run.runId)).map(heldBySystem);
    return { run, systems, topics: await topicFigures(manager, run.runId) };
  }

  async #named(query: unknown): Promise<Run> {
    const id = parseInput(ofRun, query).runId ?? (await latestEnded(this.#database.manager));
    if (id === null) throw new ApiError(404, 'NO_RUN', 'No run has made a check yet.', 'Start one with POST /runs.');
    return this.#find(id);
  }

  async #find(id: string): Promise<Run> {
    const run = await findRun(this.#database.manager, id);
    if (run === null)
      throw new ApiError(404, 'RUN_UNKNOWN', `There is no run ${id}.`, 'See GET /runs; old runs are removed.');
    return run;
  }
}
