import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import type { BackTest } from './back-test.ts';
import { findBackTest, listBackTests } from './back-test.store.ts';
import { cancelBackTest, requestBackTest, type BackTestDesk } from './request-back-test.worker.ts';
import { actBody, backTestBody, backTestId, page } from './rule-sets-input.ts';
import { named, personOf, unknownVersion } from './rule-sets.controller.ts';

export const BACK_TEST_DESK = Symbol('BackTestDesk');

/** What a version would change over past items, before anybody activates it. */
@Controller('rule-sets/:name/versions/:version/back-tests')
@RequireRole('operator')
export class BackTestsController {
  readonly #desk: BackTestDesk;

  constructor(@Inject(BACK_TEST_DESK) desk: BackTestDesk) {
    this.#desk = desk;
  }

  /** Asks for one; look at it under its id until its status is neither `waiting` nor `running`. */
  @Post()
  @HttpCode(202)
  async request(
    @Param('name') nameText: unknown,
    @Param('version') versionText: unknown,
    @Body() body: unknown,
    @CurrentUser() user: User,
  ): Promise<BackTest> {
    const [name, version] = named(nameText, versionText);
    const { reason, ...request } = parseInput(backTestBody, body ?? {});
    const asked = await requestBackTest(this.#desk, name, version, request, personOf(user, reason));
    if (asked === null) throw unknownVersion(name);
    if (!('refusal' in asked)) return asked;
    const [status, code] = asked.refusal === 'status-wrong' ? [409, 'STATUS_WRONG'] : [422, 'COMPARISON_UNKNOWN'];
    throw new ApiError(status, code, asked.message);
  }

  /** The latest first, without their results. */
  @Get()
  @RequireRole('auditor', 'operator')
  async list(
    @Param('name') nameText: unknown,
    @Param('version') versionText: unknown,
    @Query() query: unknown,
  ): Promise<{ backTests: Omit<BackTest, 'results'>[] }> {
    const [name, version] = named(nameText, versionText);
    const { limit } = parseInput(page, query);
    return { backTests: await listBackTests(this.#desk.dataSource.manager, name, version, limit) };
  }

  @Get(':id')
  @RequireRole('auditor', 'operator')
  async one(
    @Param('name') nameText: unknown,
    @Param('version') versionText: unknown,
    @Param('id') id: unknown,
  ): Promise<BackTest> {
    const [name, version] = named(nameText, versionText);
    return known(await findBackTest(this.#desk.dataSource.manager, parseInput(backTestId, id)), name, version);
  }

  /** Stops it; one that has ended stays as it is. */
  @Post(':id/cancel')
  @HttpCode(200)
  async cancel(
    @Param('name') nameText: unknown,
    @Param('version') versionText: unknown,
    @Param('id') id: unknown,
    @Body() body: unknown,
    @CurrentUser() user: User,
  ): Promise<BackTest> {
    const { backTestId: asked } = await this.one(nameText, versionText, id);
    const { reason } = parseInput(actBody, body);
    const [name, version] = named(nameText, versionText);
    return known(await cancelBackTest(this.#desk, asked, personOf(user, reason)), name, version);
  }
}

function known(found: BackTest | null, name: string, version: number): BackTest {
  if (found?.name === name && found.version === version) return found;
  throw new ApiError(404, 'BACK_TEST_UNKNOWN', 'This version has no back-test with this id.');
}
