import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { TOPIC_NAMES } from '@tieout/canonical';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { z } from 'zod';
import { MessagingRuntime } from '../runtime.ts';
import type { ReplayPage, ReplayRow } from './replay.store.ts';
import type { Refused } from './replays.ts';

const reason = z.string().trim().min(3).max(500);
const newReplay = z.strictObject({
  topic: z.enum(TOPIC_NAMES),
  /** `beginning`, or the time from which on records are handed over again. */
  from: z.union([z.literal('beginning'), z.iso.datetime({ offset: true })]).default('beginning'),
  reset: z.boolean().default(false),
  rate: z.number().int().min(1).max(1_000_000).nullable().default(null),
  reason,
});
const stopInput = z.strictObject({ reason });
const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
const position = z.tuple([z.iso.datetime(), z.uuid()]);

const ACTIONS: Readonly<Record<Refused['refused'], string>> = {
  NOT_CONSUMED: 'Ask a service that consumes the topic.',
  NOT_REPLAYABLE: 'Build the state beside the live one: docs/how-to/replay-a-topic.md.',
  REPLAY_RUNNING: 'Wait for it, or stop it.',
  OTHER_LOG: 'The consumer stops for the same reason: see its runbook.',
};

/** Replays of this service; see docs/how-to/replay-a-topic.md. */
@Controller('replays')
export class ReplaysController {
  readonly #runtime: MessagingRuntime;

  constructor(@Inject(MessagingRuntime) runtime: MessagingRuntime) {
    this.#runtime = runtime;
  }

  /** Answers at once with the replay as it starts; it runs in whichever processes of the service are up. */
  @Post()
  @RequireRole('operator')
  async start(@Body() body: unknown, @CurrentUser() user: User): Promise<ReplayRow> {
    const { from, ...input } = parseInput(newReplay, body);
    const fromTime = from === 'beginning' ? null : new Date(from);
    const started = await this.#runtime.replays.request({ ...input, fromTime, requestedBy: user.subject });
    if ('refused' in started) throw new ApiError(409, started.refused, started.message, ACTIONS[started.refused]);
    return started;
  }

  /** Newest first; `nextCursor` leads to the next page and is null on the last. */
  @Get()
  @RequireRole('auditor', 'operator')
  async list(@Query() query: unknown): Promise<{ replays: readonly ReplayRow[]; nextCursor: string | null }> {
    const { limit, cursor } = parseInput(listQuery, query);
    const after = cursor === undefined ? null : fromCursor(cursor);
    const rows = await this.#runtime.replays.list({ limit: limit + 1, after });
    const replays = rows.slice(0, limit);
    const last = replays.at(-1);
    return { replays, nextCursor: last && rows.length > limit ? toCursor(last) : null };
  }

  @Get(':replayId')
  @RequireRole('auditor', 'operator')
  async one(@Param('replayId') id: unknown): Promise<ReplayRow> {
    return known(await this.#runtime.replays.find(parseInput(z.uuid(), id)));
  }

  /** Answers when nothing of the replay has an effect any more. One that has ended stays as it is. */
  @Post(':replayId/stop')
  @RequireRole('operator')
  async stop(@Param('replayId') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<ReplayRow> {
    const replayId = parseInput(z.uuid(), id);
    const { reason: why } = parseInput(stopInput, body);
    return known(await this.#runtime.replays.stopOne(replayId, user.subject, why));
  }
}

function known(replay: ReplayRow | null): ReplayRow {
  if (replay === null) throw new ApiError(404, 'REPLAY_UNKNOWN', 'There is no replay with this id.');
  return replay;
}

const toCursor = ({ requestedAt, replayId }: ReplayRow): string =>
  Buffer.from(JSON.stringify([requestedAt, replayId])).toString('base64url');

function fromCursor(cursor: string): NonNullable<ReplayPage['after']> {
  try {
    const [requestedAt, replayId] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { requestedAt, replayId };
  } catch {
    throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
  }
}
