import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { inTransaction } from '@tieout/messaging';
import { ApiError, parseInput, RequireRole } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { fromGroupCursor, groupsQuery, newComparisonRun, toGroupCursor } from './comparison-input.ts';
import { comparisonRuns, findComparisonRun, requestComparisonRun } from './comparison-run.store.ts';
import { findComparison } from './comparison.store.ts';
import type { StoredComparison } from './comparison.store.ts';
import { listViews, runView, viewOf } from './comparison-view.store.ts';
import type { ComparisonView, RunView } from './comparison-view.store.ts';
import { idsOf } from './figures.ts';
import { listGroups } from './group.store.ts';
import type { ListedGroup } from './group.store.ts';
import { groupView } from './group-view.ts';
import type { GroupView } from './group-view.ts';
import { findItems } from './item.store.ts';

const RUNS = 20;

/** Comparisons of items, as they stand now. */
@Controller('comparisons')
export class ComparisonsController {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  @Get()
  async list(): Promise<{ comparisons: ComparisonView[] }> {
    return { comparisons: await listViews(this.#database.manager) };
  }

  /** What stands now, the last run, and the runs before it. */
  @Get(':name')
  async one(@Param('name') name: string): Promise<ComparisonView & { runs: RunView[] }> {
    const { manager } = this.#database;
    const comparison = await this.#find(name);
    const runs = await comparisonRuns(manager, comparison.comparisonId, RUNS);
    return { ...(await viewOf(manager, comparison)), runs: runs.map((run) => runView(comparison, run)) };
  }

  /** Groups in the order of their blocks, with their items; `nextCursor` leads to the next page and is null on the last. */
  @Get(':name/groups')
  @RequireRole('auditor', 'operator')
  async groups(
    @Param('name') name: string,
    @Query() query: unknown,
  ): Promise<{ groups: GroupView[]; nextCursor: string | null }> {
    const { outcome = null, limit, cursor } = parseInput(groupsQuery, query);
    const after = cursor === undefined ? null : fromGroupCursor(cursor);
    if (cursor !== undefined && after === null)
      throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
    const comparison = await this.#find(name);
    const rows = await listGroups(this.#database.manager, comparison.comparisonId, outcome, limit, after);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      groups: await this.#views(comparison, page),
      nextCursor: last && rows.length > limit ? toGroupCursor(last) : null,
    };
  }

  /** Starts a full run; look at it under the comparison until its status is no longer `waiting`. With `asOf` it only reports. */
  @Post(':name/runs')
  @RequireRole('operator')
  @HttpCode(202)
  async start(@Param('name') name: string, @Body() body: unknown): Promise<RunView> {
    const asOf = parseInput(newComparisonRun, body)?.asOf ?? null;
    const comparison = await this.#find(name);
    if (comparison.state === 'inactive')
      throw new ApiError(409, 'COMPARISON_INACTIVE', `It is not made: ${comparison.reasons.join('; ')}.`);
    const run = { runId: randomUUID(), comparisonId: comparison.comparisonId, trigger: 'request' as const, asOf };
    return inTransaction(this.#database, async (tx) => {
      await requestComparisonRun(tx, run);
      const stored = await findComparisonRun(tx, run.runId);
      if (stored === null) throw new Error(`the run ${run.runId} was not stored`);
      return runView(comparison, stored);
    });
  }

  async #find(name: string): Promise<StoredComparison> {
    const found = await findComparison(this.#database.manager, name);
    if (found !== null) return found;
    throw new ApiError(404, 'COMPARISON_UNKNOWN', 'There is no comparison with this name.', 'See GET /comparisons.');
  }

  async #views({ comparisonId, definition }: StoredComparison, page: readonly ListedGroup[]): Promise<GroupView[]> {
    const ids = page.flatMap(({ group }) =>
      idsOf(group, definition.sides.length).flatMap((some, side) => some.map((id) => ({ side, id }))),
    );
    const items = new Map(
      (await findItems(this.#database.manager, comparisonId, ids)).map(({ side, id, item }) => [`${side} ${id}`, item]),
    );
    return page.map(({ group }) => groupView(definition, group, (side, id) => items.get(`${side} ${id}`)));
  }
}
