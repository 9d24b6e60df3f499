import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { stateOf } from './break-case.store.ts';
import { BREAK_DESK, type BreakDesk } from './break-desk.worker.ts';
import { listBreaks } from './break-query.store.ts';
import { filterOf } from './breaks.controller.ts';
import { sheetImport, sheetQuery } from './breaks-input.ts';
import { importSheet, type ImportResult } from './import-sheet.worker.ts';
import { MAX_ROWS, sheetText, SheetUnreadable } from './sheet-text.worker.ts';

/** Breaks as a sheet: exported, edited offline, imported again. */
@Controller('break-sheets')
export class BreakSheetsController {
  readonly #database: DataSource;
  readonly #desk: BreakDesk;

  constructor(@Inject(DataSource) database: DataSource, @Inject(BREAK_DESK) desk: BreakDesk) {
    this.#database = database;
    this.#desk = desk;
  }

  /** The breaks of a filter, the largest value first. @throws ApiError 422 when there are more than a sheet takes */
  @Get('export')
  @RequireRole('auditor', 'operator')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="breaks.csv"')
  async export(@Query() query: unknown): Promise<string> {
    const filter = filterOf(parseInput(sheetQuery, query));
    const rows = await listBreaks(this.#database.manager, filter, { sort: 'value', limit: MAX_ROWS, after: null });
    if (rows.length > MAX_ROWS)
      throw new ApiError(422, 'SHEET_TOO_LARGE', `More than ${MAX_ROWS} breaks.`, 'Narrow the filter.');
    return sheetText(rows.map((one) => ({ state: stateOf(one), revision: one.revision })));
  }

  /** What an edited sheet would do, row by row; with `apply` does it. */
  @Post('import')
  @HttpCode(200)
  @RequireRole('operator')
  async import(@Body() body: unknown, @CurrentUser() { subject: actor }: User): Promise<ImportResult> {
    const input = parseInput(sheetImport, body);
    try {
      return await importSheet(this.#database, this.#desk, { ...input, actor });
    } catch (error) {
      if (error instanceof SheetUnreadable) throw new ApiError(422, 'SHEET_UNREADABLE', error.message);
      throw error;
    }
  }
}
