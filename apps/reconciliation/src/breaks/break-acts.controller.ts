import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { inTransaction } from '@tieout/messaging';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { caseOf, unknownBreak, type BreakCase } from './break-case.store.ts';
import { BREAK_DESK, type BreakDesk } from './break-desk.worker.ts';
import {
  actOf,
  approveBody,
  assignBody,
  bulkBody,
  commentBody,
  reasonBody,
  rescheduleBody,
  resolveBody,
} from './breaks-input.ts';
import { actOnEach, type BulkResult } from './bulk.worker.ts';
import type { ActRequest, Objection } from './decide.ts';

/**
 * What people do with breaks. Every act names the revision that the person saw; what it does is done when this answers, and repeating
 * the request answers 409 with the break as it is now.
 */
@Controller('breaks')
@RequireRole('operator')
export class BreakActsController {
  readonly #database: DataSource;
  readonly #desk: BreakDesk;

  constructor(@Inject(DataSource) database: DataSource, @Inject(BREAK_DESK) desk: BreakDesk) {
    this.#database = database;
    this.#desk = desk;
  }

  /** One act on many breaks, each for itself: one that cannot be done keeps no other from being done. */
  @Post('bulk')
  @HttpCode(200)
  async bulk(@Body() body: unknown, @CurrentUser() { subject: actor }: User): Promise<BulkResult> {
    const { dryRun, act, items } = parseInput(bulkBody, body);
    const acts = [actOf(act.action, act)];
    const each = items.map((item) => ({ ...item, acts, actor, role: 'operator' }));
    return actOnEach(this.#database, this.#desk, each, dryRun);
  }

  /** Gives the break to a person, or with null to nobody. */
  @Post(':id/assign')
  @HttpCode(200)
  assign(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    const { expectedRevision, ...given } = parseInput(assignBody, body);
    return this.#act(id, user, expectedRevision, actOf('assign', given));
  }

  @Post(':id/comment')
  @HttpCode(200)
  comment(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    const { expectedRevision, text } = parseInput(commentBody, body);
    return this.#act(id, user, expectedRevision, actOf('comment', { reason: text }));
  }

  @Post(':id/reschedule')
  @HttpCode(200)
  reschedule(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    const { expectedRevision, ...given } = parseInput(rescheduleBody, body);
    return this.#act(id, user, expectedRevision, actOf('reschedule', given));
  }

  /** Resolves the break, or proposes to where a second person has to approve. */
  @Post(':id/resolve')
  @HttpCode(200)
  resolve(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    const { expectedRevision, ...given } = parseInput(resolveBody, body);
    return this.#act(id, user, expectedRevision, actOf('resolve', given));
  }

  /** Accepts what somebody else proposed. */
  @Post(':id/approve')
  @HttpCode(200)
  approve(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    const { expectedRevision, ...given } = parseInput(approveBody, body);
    return this.#act(id, user, expectedRevision, actOf('approve', given));
  }

  @Post(':id/reject')
  @HttpCode(200)
  reject(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    const { expectedRevision, reason } = parseInput(reasonBody, body);
    return this.#act(id, user, expectedRevision, actOf('reject', { reason }));
  }

  @Post(':id/reopen')
  @HttpCode(200)
  reopen(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<BreakCase> {
    const { expectedRevision, reason } = parseInput(reasonBody, body);
    return this.#act(id, user, expectedRevision, actOf('reopen', { reason }));
  }

  async #act(idText: unknown, user: User, expectedRevision: bigint, act: ActRequest): Promise<BreakCase> {
    const breakId = parseInput(z.uuid(), idText);
    const request = { breakId, expectedRevision, acts: [act], actor: user.subject, role: 'operator' };
    const outcome = await inTransaction(this.#database, (tx) => this.#desk.act(tx, request));
    if (outcome.status === 'unknown') throw unknownBreak();
    const current = await caseOf(this.#database.manager, breakId, user, this.#desk.policy);
    if (outcome.status === 'done') return current;
    throw refusal(outcome.objection, current);
  }
}

const ANSWERS = {
  'revision-stale': [409, 'REVISION_STALE'],
  'not-offered': [409, 'ACTION_NOT_OFFERED'],
  'reason-missing': [422, 'REASON_MISSING'],
  ineligible: [422, 'RESOLUTION_INELIGIBLE'],
  'second-person': [403, 'SECOND_PERSON_NEEDED'],
} as const satisfies Record<Objection['code'], readonly [number, string]>;

function refusal({ code, message }: Objection, current: BreakCase): ApiError {
  const [status, name] = ANSWERS[code];
  const action = code === 'second-person' ? 'Ask somebody else with the role operator.' : undefined;
  return new ApiError(status, name, message, action, status === 409 ? current : undefined);
}
