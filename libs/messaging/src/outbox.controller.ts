import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { appendAudits } from './audit.store.ts';
import { Exceptions } from './exceptions/exceptions.ts';
import { Outbox } from './outbox.ts';
import { resolveRefused } from './refused-cases.ts';
import { discardRefused, listRefused, lockRefused, retryRefused, type RefusedEvent } from './refused-event.store.ts';
import { inTransaction } from './transaction.ts';

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'expected a cursor of ours')
    .default('0'),
});
const eventId = z.uuid({ error: 'expected the id of an event' });
const act = z.strictObject({ reason: z.string().trim().min(1).max(4_000) });

/** Events of this service that the broker refused (size, timestamp): their keys are held until a person decides. */
@Controller('outbox/refused')
export class OutboxController {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #exceptions: Exceptions;

  constructor(
    @Inject(DataSource) database: DataSource,
    @Inject(Outbox) outbox: Outbox,
    @Inject(Exceptions) exceptions: Exceptions,
  ) {
    this.#database = database;
    this.#outbox = outbox;
    this.#exceptions = exceptions;
  }

  /** Oldest first; `nextCursor` leads to the next page and is null on the last. */
  @Get()
  @RequireRole('auditor', 'operator')
  async list(@Query() query: unknown): Promise<{ refused: readonly RefusedEvent[]; nextCursor: string | null }> {
    const { limit, cursor } = parseInput(listQuery, query);
    const rows = await listRefused(this.#database.manager, limit + 1, cursor);
    const refused = rows.slice(0, limit);
    return { refused, nextCursor: rows.length > limit ? (refused.at(-1)?.id ?? null) : null };
  }

  /** Sends it again, e.g. after the topic's limit was raised; refused again it is held again. */
  @Post(':id/retry')
  @RequireRole('operator')
  @HttpCode(200)
  retry(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<RefusedEvent> {
    return this.#act(id, body, user, 'retried');
  }

  /** Never publishes it; the events behind it go on. */
  @Post(':id/discard')
  @RequireRole('operator')
  @HttpCode(200)
  discard(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<RefusedEvent> {
    return this.#act(id, body, user, 'discarded');
  }

  #act(id: unknown, body: unknown, user: User, action: 'retried' | 'discarded'): Promise<RefusedEvent> {
    const target = parseInput(eventId, id);
    const { reason } = parseInput(act, body);
    return inTransaction(this.#database, async (tx) => {
      const event = await lockRefused(tx, target);
      if (event === null)
        throw new ApiError(404, 'EVENT_NOT_REFUSED', 'No event with this id is refused.', 'List them again.');
      await (action === 'retried' ? retryRefused : discardRefused)(tx, target);
      const { topic, key, refusal, bytes, waiting } = event;
      const details = { topic, key, refusal, bytes: String(bytes), waiting: String(waiting) };
      const by = { actor: user.subject, role: 'operator', reason, at: new Date().toISOString() };
      const hashes = { beforeHash: null, afterHash: null };
      await appendAudits(tx, this.#outbox, [
        { targetType: 'outbox-event', targetId: target, action, ...by, ...hashes, details },
      ]);
      await resolveRefused(tx, this.#exceptions, target, `The event was ${action}: ${reason}`);
      return event;
    });
  }
}
