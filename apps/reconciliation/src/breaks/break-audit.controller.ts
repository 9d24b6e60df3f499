import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { parseInput, RequireRole } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { unknownBreak } from './break-case.store.ts';
import { verifyBreak, type ChainVerdict } from './break-case.ts';
import { findStates, statesAfter } from './break-query.store.ts';
import { chainPage } from './breaks-input.ts';
import { breakChains } from './chains.store.ts';
import type { BreakState } from './break-state.ts';

/** Whether the history of breaks is as it was written. */
@Controller('breaks')
@RequireRole('auditor', 'operator')
export class BreakAuditController {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  /** A page of all breaks in the order of their ids, whole chains left out of `faults`. */
  @Get('audit/verify')
  async all(
    @Query() query: unknown,
  ): Promise<{ checked: number; entries: number; faults: ChainVerdict[]; nextCursor: string | null }> {
    const { limit, cursor = null } = parseInput(chainPage, query);
    const states = await statesAfter(this.#database.manager, cursor, limit);
    const verdicts = await this.#verify(states);
    return {
      checked: verdicts.length,
      entries: verdicts.reduce((total, { entries }) => total + entries, 0),
      faults: verdicts.filter(({ fault }) => fault !== null),
      nextCursor: states.length < limit ? null : (states.at(-1)?.breakId ?? null),
    };
  }

  @Get(':id/audit/verify')
  async one(@Param('id') id: unknown): Promise<ChainVerdict> {
    const [verdict] = await this.#verify(await findStates(this.#database.manager, [parseInput(z.uuid(), id)]));
    if (verdict === undefined) throw unknownBreak();
    return verdict;
  }

  async #verify(states: readonly BreakState[]): Promise<ChainVerdict[]> {
    const chains = await breakChains(
      this.#database.manager,
      states.map(({ breakId }) => breakId),
    );
    return states.map((state) => verifyBreak(state, chains.get(state.breakId) ?? []));
  }
}
