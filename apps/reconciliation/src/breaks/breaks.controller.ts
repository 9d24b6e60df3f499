import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiError, parseInput } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { CHECKS } from '../checks/difference.ts';
import { findBreak, listBreaks } from './break.store.ts';
import type { BreakQuery, ListedBreak } from './break.store.ts';

const listQuery = z.object({
  status: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(['OPEN', 'CLOSED']))
    .optional(),
  check: z.enum(CHECKS).optional(),
  kind: z
    .string()
    .regex(/^[A-Za-z-]{1,40}$/, 'expected a kind of difference, e.g. missing')
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});
const position = z.tuple([z.iso.datetime(), z.uuid()]);

@Controller('breaks')
export class BreaksController {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  /** Newest first; `nextCursor` leads to the next page and is null on the last. */
  @Get()
  async list(@Query() query: unknown): Promise<{ breaks: ListedBreak[]; nextCursor: string | null }> {
    const { status = null, check = null, kind = null, limit, cursor } = parseInput(listQuery, query);
    const after = cursor === undefined ? null : fromCursor(cursor);
    const rows = await listBreaks(this.#database.manager, { status, check, kind, limit, after });
    const breaks = rows.slice(0, limit);
    const last = breaks.at(-1);
    return { breaks, nextCursor: last && rows.length > limit ? toCursor(last) : null };
  }

  @Get(':id')
  async one(@Param('id') id: unknown): Promise<ListedBreak> {
    const found = await findBreak(this.#database.manager, parseInput(z.uuid(), id));
    if (found === null) throw new ApiError(404, 'BREAK_UNKNOWN', 'There is no break with this id.');
    return found;
  }
}

const toCursor = ({ openedAt, breakId }: ListedBreak): string =>
  Buffer.from(JSON.stringify([openedAt, breakId])).toString('base64url');

function fromCursor(cursor: string): NonNullable<BreakQuery['after']> {
  try {
    const [openedAt, breakId] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { openedAt, breakId };
  } catch {
    throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
  }
}
