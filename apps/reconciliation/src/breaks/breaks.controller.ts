import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { BREAK_DESK, type BreakDesk } from './break-desk.worker.ts';
import { findBreak, listBreaks } from './break-query.store.ts';
import type { BreakFilter, BreakPage, ListedBreak } from './break-query.store.ts';
import { caseOf, unknownBreak, type BreakCase } from './break-case.store.ts';
import { breakFilter, listQuery, type Sort } from './breaks-input.ts';

const position = z.tuple([z.string().max(60), z.uuid()]);

/** Breaks for whoever looks: lists, one of them, and all that is known of one. */
@Controller('breaks')
export class BreaksController {
  readonly #database: DataSource;
  readonly #desk: BreakDesk;

  constructor(@Inject(DataSource) database: DataSource, @Inject(BREAK_DESK) desk: BreakDesk) {
    this.#database = database;
    this.#desk = desk;
  }

  /** Newest first unless sorted otherwise; `nextCursor` leads to the next page of the same sort and is null on the last. */
  @Get()
  async list(@Query() query: unknown): Promise<{ breaks: ListedBreak[]; nextCursor: string | null }> {
    const { sort, limit, cursor, ...given } = parseInput(listQuery, query);
    const after = cursor === undefined ? null : fromCursor(cursor);
    const rows = await listBreaks(this.#database.manager, filterOf(given), { sort, limit, after });
    const breaks = rows.slice(0, limit);
    const last = breaks.at(-1);
    return { breaks, nextCursor: last && rows.length > limit ? toCursor(sort, last) : null };
  }

  @Get(':id')
  async one(@Param('id') id: unknown): Promise<ListedBreak> {
    const found = await findBreak(this.#database.manager, parseInput(z.uuid(), id));
    if (found === null) throw unknownBreak();
    return found;
  }

  /** With comments, history, links, and what the caller may do now. */
  @Get(':id/case')
  @RequireRole('auditor', 'operator')
  async case(@Param('id') id: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    return caseOf(this.#database.manager, parseInput(z.uuid(), id), user, this.#desk.policy);
  }
}

/** The filter of a query; `now` is what ages are counted from. */
export function filterOf(given: z.output<typeof breakFilter>, now = Date.now()): BreakFilter {
  const { minAgeDays } = given;
  return {
    status: given.status ?? null,
    workflow: given.workflow ?? null,
    check: given.check ?? null,
    kind: given.kind ?? null,
    severity: given.severity ?? null,
    legalEntity: given.legalEntity ?? null,
    ownerGroup: given.ownerGroup ?? null,
    assignee: given.assignee ?? null,
    minValue: given.minValue ?? null,
    openedBefore: minAgeDays === undefined ? null : new Date(now - minAgeDays * 86_400_000).toISOString(),
  };
}

const toCursor = (sort: Sort, one: ListedBreak): string =>
  Buffer.from(JSON.stringify([sort === 'value' ? worth(one) : one.openedAt, one.breakId])).toString('base64url');

/** As the store sorts by it. */
const worth = ({ value, groupValue }: ListedBreak): string => (value === null ? '-1' : (groupValue ?? 'Infinity'));

function fromCursor(cursor: string): NonNullable<BreakPage['after']> {
  try {
    const [key, breakId] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (!/^(Infinity|-?\d+(\.\d+)?)$/.test(key)) z.iso.datetime().parse(key);
    return { key, breakId };
  } catch {
    throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
  }
}
