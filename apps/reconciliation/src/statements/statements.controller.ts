import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiError, CurrentUser, parseInput, RequireRole } from '@tieout/platform';
import type { User } from '@tieout/platform';
import type { Format, Problem } from '@tieout/statements';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { fromCursor, listQuery, putQuery, toCursor, withdrawal } from './statement-input.ts';
import { findStatement, listStatements, partsOf } from './statement.store.ts';
import { putStatement, withdrawStatement } from './put-statement.worker.ts';
import type { StatementDesk } from './put-statement.worker.ts';
import type { StatementFile, StatementPart } from './statement.ts';

/** Desk and limits of the statements. */
export const STATEMENTS = Symbol('statements');
export interface StatementOptions extends StatementDesk {
  readonly maxBytes: number;
}
export type StatementView = StatementFile & { readonly parts: readonly StatementPart[] };

const FORMAT_OF: Readonly<Record<string, Format>> = {
  'text/csv': 'csv',
  'application/xml': 'camt.053',
  'text/xml': 'camt.053',
};
const statementId = z.uuid({ error: 'expected the id of a statement' });

/** Statements of banks and payment providers, as files. */
@Controller('statements')
export class StatementsController {
  readonly #options: StatementOptions;

  constructor(@Inject(STATEMENTS) options: StatementOptions) {
    this.#options = options;
  }

  /**
   * The body is the file: `text/csv`, or camt.053 as `application/xml`. 201 for a new statement, 200 with the one that has this
   * content already. 422 names what makes the file unusable, 409 which days it tells a second time.
   */
  @Post()
  @RequireRole('operator')
  async put(
    @Query() query: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() { subject }: User,
  ): Promise<StatementView> {
    const {
      account,
      format: named,
      encoding,
      decimal,
      dateFormat,
      currency,
      ...balances
    } = parseInput(putQuery, query);
    const format = named ?? FORMAT_OF[(request.get('content-type') ?? '').split(';')[0]?.trim() ?? ''];
    if (format === undefined)
      throw new ApiError(
        415,
        'FORMAT_UNKNOWN',
        'The body is neither text/csv nor application/xml.',
        'Say format=csv or format=camt.053.',
      );
    const bytes = await bodyOf(request, this.#options.maxBytes);
    const reading = Object.fromEntries(
      Object.entries({ encoding, decimal, dateFormat, currency }).filter(([, value]) => value !== undefined),
    );
    const result = await putStatement(this.#options, { account, format, bytes, reading, balances }, subject);
    if ('problems' in result)
      throw result.what === 'clash'
        ? refusal(409, 'STATEMENT_OVERLAPS', result.problems)
        : refusal(422, 'STATEMENT_UNREADABLE', result.problems);
    response.status(result.what === 'new' ? 201 : 200);
    return this.#view(result.statement);
  }

  /** Newest first; `nextCursor` leads to the next page and is null on the last. */
  @Get()
  @RequireRole('auditor', 'operator')
  async list(@Query() query: unknown): Promise<{ statements: StatementFile[]; nextCursor: string | null }> {
    const { account = null, limit, cursor } = parseInput(listQuery, query);
    const after = cursor === undefined ? null : fromCursor(cursor);
    if (cursor !== undefined && after === null)
      throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
    const rows = await listStatements(this.#options.dataSource.manager, { account, limit, after });
    const statements = rows.slice(0, limit);
    const last = statements.at(-1);
    return { statements, nextCursor: last && rows.length > limit ? toCursor(last) : null };
  }

  /** One statement with its problems and what the bank states in it. */
  @Get(':id')
  @RequireRole('auditor', 'operator')
  async one(@Param('id') id: unknown): Promise<StatementView> {
    const found = await findStatement(this.#options.dataSource.manager, parseInput(statementId, id));
    if (found === null) throw unknownStatement();
    return this.#view(found);
  }

  /** Takes a statement out of all comparisons; it stays listed with who withdrew it and why. */
  @Post(':id/withdraw')
  @RequireRole('operator')
  @HttpCode(200)
  async withdraw(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<StatementView> {
    const { reason } = parseInput(withdrawal, body);
    const act = { actor: user.subject, reason };
    const result = await withdrawStatement(this.#options, parseInput(statementId, id), act);
    if (result === null) throw unknownStatement();
    if (!result.done) throw new ApiError(409, 'STATEMENT_WITHDRAWN', 'The statement was withdrawn before.');
    return this.#view(result.statement);
  }

  async #view(statement: StatementFile): Promise<StatementView> {
    return { ...statement, parts: await partsOf(this.#options.dataSource.manager, statement.statementId) };
  }
}

const NAMED = 20;

function refusal(status: number, code: string, problems: readonly Problem[]): ApiError {
  const lines = problems.slice(0, NAMED).map(({ at, reason }) => `${at}: ${reason}`);
  if (problems.length > NAMED) lines.push(`and ${problems.length - NAMED} more`);
  return new ApiError(status, code, lines.join('; '), 'Correct the file and hand it in again.', problems.slice(0, 500));
}

const unknownStatement = (): ApiError => new ApiError(404, 'STATEMENT_UNKNOWN', 'There is no statement with this id.');

/** The whole body, which no parser of the platform reads; a larger one ends the reading. */
async function bodyOf(request: Request, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes)
      throw new ApiError(413, 'STATEMENT_TOO_LARGE', `The file has more than ${maxBytes} bytes.`, 'Split it by days.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
