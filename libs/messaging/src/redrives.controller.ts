import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { planItem, tally, type PlanItem } from './dead-letter-view.ts';
import { Outbox } from './outbox.ts';
import { cursorOf, discardBody, redriveBody, seqOf, shortText, stopBody } from './redrive-input.ts';
import { known, planRedrive, requestRedrive, stopRedrive, type RedriveDesk } from './redrive-request.ts';
import { listRedrives, problemsOf, type RedriveProblem, type RedriveView } from './redrive-request.store.ts';
import type { RedriveAction } from './redrive.ts';
import { MessagingRuntime } from './runtime.ts';

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: shortText.optional(),
});
/** Items that an answer shows one by one; the counts are of all. */
const SHOWN = 200;

export interface PlanView {
  readonly dryRun: true;
  readonly eligible: number;
  readonly ineligible: number;
  /** Ineligible ones by why: settled, marked, not-consumed, behind, over-cap. */
  readonly why: Readonly<Record<string, number>>;
  /** The first ones, those that are not eligible first. */
  readonly items: readonly PlanItem[];
}

/** What people decide about dead letters. Acting needs an operator; the owners of the partitions apply it within a second. */
@Controller('dead-letters')
@RequireRole('operator')
export class RedrivesController {
  readonly #desk: RedriveDesk;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    @Inject(Outbox) outbox: Outbox,
    @Inject(MessagingRuntime) runtime: MessagingRuntime,
  ) {
    this.#desk = { dataSource, outbox, consumed: () => runtime.consumed() };
  }

  /** The request, or with `dryRun` what it would do. */
  @Post('redrives')
  @HttpCode(200)
  redrive(@Body() body: unknown, @CurrentUser() user: User): Promise<RedriveView | PlanView> {
    return this.#ask('redrive', parseInput(redriveBody, body), user);
  }

  @Post('discard')
  @HttpCode(200)
  discard(@Body() body: unknown, @CurrentUser() user: User): Promise<RedriveView | PlanView> {
    return this.#ask('discard', parseInput(discardBody, body), user);
  }

  @Get('redrives')
  @RequireRole('auditor', 'operator')
  async list(@Query() query: unknown): Promise<{ redrives: readonly RedriveView[]; nextCursor: string | null }> {
    const { limit, cursor } = parseInput(listQuery, query);
    const rows = await listRedrives(this.#desk.dataSource.manager, limit, cursor === undefined ? null : seqOf(cursor));
    const last = rows.slice(0, limit).at(-1);
    const redrives = rows.slice(0, limit).map(({ seq: _seq, ...view }) => view);
    return { redrives, nextCursor: last && rows.length > limit ? cursorOf(last.seq) : null };
  }

  /** How far a request is; `problems` are the first items that failed or were left alone. */
  @Get('redrives/:id')
  @RequireRole('auditor', 'operator')
  async one(@Param('id') id: unknown): Promise<RedriveView & { problems: readonly RedriveProblem[] }> {
    const view = await known(this.#desk, parseInput(z.uuid(), id));
    return { ...view, problems: await problemsOf(this.#desk.dataSource.manager, view.redriveId, SHOWN) };
  }

  @Post('redrives/:id/stop')
  @HttpCode(200)
  stop(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<RedriveView> {
    const { reason } = parseInput(stopBody, body ?? {});
    return stopRedrive(this.#desk, parseInput(z.uuid(), id), { actor: user.subject, role: 'operator', reason });
  }

  async #ask(
    action: RedriveAction,
    { dryRun, ...wanted }: z.output<typeof redriveBody>,
    user: User,
  ): Promise<RedriveView | PlanView> {
    const request = { ...wanted, action, actor: user.subject, role: 'operator' };
    if (!dryRun) return requestRedrive(this.#desk, request);
    const { eligible, ineligible } = await planRedrive(this.#desk, request);
    return {
      dryRun: true,
      eligible: eligible.length,
      ineligible: ineligible.length,
      why: tally(ineligible.map(({ why }) => why ?? '')),
      items: [...ineligible, ...eligible].slice(0, SHOWN).map(planItem),
    };
  }
}
