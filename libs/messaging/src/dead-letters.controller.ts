import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiError, parseInput, RequireRole } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { readChain } from './audit.store.ts';
import type { Codec } from './codec.ts';
import { findLetter, listLetters, type LetterDetail } from './dead-letter-query.store.ts';
import { decodedView, headerViews, letterView, type DecodedView, type LetterView } from './dead-letter-view.ts';
import type { DeadLetterStatus } from './dead-letter.store.ts';
import { cursorOf, letterFilter, seqOf, shortText } from './redrive-input.ts';
import { CODEC } from './messaging-tokens.ts';
import { MessagingRuntime } from './runtime.ts';

const SETTLED = ['redriven', 'superseded', 'discarded'] as const;
const HELD = ['open', 'parked'] as const;

const listQuery = letterFilter.omit({ ids: true }).extend({
  status: z.enum([...HELD, ...SETTLED, 'held', 'all']).default('held'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: shortText.optional(),
});

function statusesOf(status: z.output<typeof listQuery>['status']): readonly DeadLetterStatus[] {
  if (status === 'held') return HELD;
  return status === 'all' ? [...HELD, ...SETTLED] : [status];
}

/** Dead letters of this service. Values may be personal, so also reading needs a role. */
@Controller('dead-letters')
@RequireRole('auditor', 'operator')
export class DeadLettersController {
  readonly #database: DataSource;
  readonly #codec: Codec;
  readonly #runtime: MessagingRuntime;

  constructor(
    @Inject(DataSource) database: DataSource,
    @Inject(CODEC) codec: Codec,
    @Inject(MessagingRuntime) runtime: MessagingRuntime,
  ) {
    this.#database = database;
    this.#codec = codec;
    this.#runtime = runtime;
  }

  /** The last held first; `nextCursor` leads to the next page and is null on the last. */
  @Get()
  async list(@Query() query: unknown): Promise<{ deadLetters: readonly LetterView[]; nextCursor: string | null }> {
    const { status, limit, cursor, ...filter } = parseInput(listQuery, query);
    const before = cursor === undefined ? null : seqOf(cursor);
    const rows = await listLetters(this.#database.manager, { filter, statuses: statusesOf(status), limit, before });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return { deadLetters: page.map(letterView), nextCursor: last && rows.length > limit ? cursorOf(last.seq) : null };
  }

  /** Everything that is kept of one, with its history: who marked it when and why, and what became of it. */
  @Get(':id')
  async one(@Param('id') id: unknown): Promise<object> {
    const found = await findLetter(this.#database.manager, parseInput(z.uuid(), id));
    if (found === null) throw new ApiError(404, 'DEAD_LETTER_UNKNOWN', 'There is no dead letter with this id.');
    const decoded = await decodedView(this.#codec, this.#runtime.consumed(), found);
    const history = await readChain(this.#database.manager, 'dead-letter', found.id);
    return {
      ...detailView(found, decoded),
      history: history.map((entry) => ({ ...entry, sequence: String(entry.sequence) })),
    };
  }
}

function detailView(found: LetterDetail, decoded: DecodedView): object {
  return {
    ...letterView(found),
    stage: found.stage,
    errorClass: found.errorClass,
    stack: found.stack,
    headers: headerViews(found),
    keyBase64: found.key?.toString('base64') ?? null,
    valueBase64: found.value?.toString('base64') ?? null,
    decoded,
  };
}
