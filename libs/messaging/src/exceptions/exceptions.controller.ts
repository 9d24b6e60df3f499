import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { verifyChain, type Audit, type ChainFault } from '@tieout/canonical';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { readChain } from '../audit.store.ts';
import { DataError } from '../errors.ts';
import { inTransaction } from '../transaction.ts';
import { actionsOf, ASSIGN, COMMENT, type DecisionRequest } from './exception.ts';
import { findCase, listCases, type ExceptionQuery, type ListedException } from './exception.store.ts';
import { Exceptions } from './exceptions.ts';

const text = (max: number): z.ZodString => z.string().trim().min(1).max(max);
const listQuery = z.object({
  status: z
    .enum(['open', 'resolved', 'all'])
    .default('open')
    .transform((status) => (status === 'all' ? null : status.toUpperCase())),
  kind: text(100).optional(),
  severity: z
    .string()
    .transform((severity) => severity.toUpperCase())
    .pipe(z.enum(['INFO', 'WARNING', 'CRITICAL']))
    .optional(),
  ownerGroup: text(100).optional(),
  assignee: z.string().max(200).optional(),
  object: text(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});
const position = z.tuple([z.iso.datetime(), z.uuid()]);
const expectedRevision = z.union([z.int().min(1), z.string().regex(/^\d{1,18}$/)]).transform(BigInt);
const assignment = z.object({ expectedRevision, assignee: text(200).nullable() });
const comment = z.object({ expectedRevision, text: text(4_000) });
const decision = z.object({
  expectedRevision,
  action: text(100),
  reason: text(4_000).nullish(),
  parameters: z.record(z.string().max(100), z.string().max(1_000)).default({}),
});

export interface OfferedAction {
  readonly action: string;
  readonly does: string;
  readonly needsReason: boolean;
}

/** A case with all that happened to it. */
export interface ExceptionView {
  readonly exception: ListedException;
  /** What a person may decide now; empty when it is resolved. */
  readonly actions: readonly OfferedAction[];
  readonly comments: readonly { readonly at: string; readonly actor: string; readonly text: string }[];
  /** Oldest first, the entries of its audit chain. */
  readonly history: readonly (Omit<Audit, 'sequence'> & { readonly sequence: string })[];
  /** Where the audit chain is broken; null when it is whole. */
  readonly chainFault: { readonly sequence: string; readonly problem: string } | null;
}

/** The exceptions of this service for the people who work them. */
@Controller('exceptions')
export class ExceptionsController {
  readonly #database: DataSource;
  readonly #exceptions: Exceptions;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Exceptions) exceptions: Exceptions) {
    this.#database = database;
    this.#exceptions = exceptions;
  }

  /** Oldest first; `nextCursor` leads to the next page and is null on the last. `assignee=` without a value: nobody's. */
  @Get()
  @RequireRole('auditor', 'operator')
  async list(@Query() query: unknown): Promise<{ exceptions: ListedException[]; nextCursor: string | null }> {
    const { cursor, limit, status, ...rest } = parseInput(listQuery, query);
    const { kind = null, severity = null, ownerGroup = null, assignee = null, object = null } = rest;
    const after = cursor === undefined ? null : fromCursor(cursor);
    const filter = { status, kind, severity, ownerGroup, assignee, object };
    const rows = await listCases(this.#database.manager, { ...filter, limit, after });
    const exceptions = rows.slice(0, limit);
    const last = exceptions.at(-1);
    return { exceptions, nextCursor: last && rows.length > limit ? toCursor(last) : null };
  }

  @Get(':id')
  @RequireRole('auditor', 'operator')
  async one(@Param('id') id: unknown): Promise<ExceptionView> {
    return this.#view(parseInput(z.uuid(), id));
  }

  /** Gives the case to a person, or with null to nobody. */
  @Post(':id/assign')
  @HttpCode(200)
  @RequireRole('operator')
  async assign(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<ExceptionView> {
    const { assignee, ...rest } = parseInput(assignment, body);
    return this.#decide(id, user, { ...rest, action: ASSIGN, reason: null, parameters: { assignee: assignee ?? '' } });
  }

  @Post(':id/comment')
  @HttpCode(200)
  @RequireRole('operator')
  async comment(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<ExceptionView> {
    const { text: reason, ...rest } = parseInput(comment, body);
    return this.#decide(id, user, { ...rest, action: COMMENT, reason, parameters: {} });
  }

  /** One of the actions that the case offers. What it does is done when this answers; repeating the request answers 409. */
  @Post(':id/decide')
  @HttpCode(200)
  @RequireRole('operator')
  async decide(@Param('id') id: unknown, @Body() body: unknown, @CurrentUser() user: User): Promise<ExceptionView> {
    const { reason = null, ...rest } = parseInput(decision, body);
    return this.#decide(id, user, { ...rest, reason });
  }

  async #decide(
    idText: unknown,
    { subject: actor }: User,
    request: Omit<DecisionRequest, 'actor' | 'role'>,
  ): Promise<ExceptionView> {
    const id = parseInput(z.uuid(), idText);
    const verdict = await inTransaction(this.#database, (tx) =>
      this.#exceptions.decide(tx, id, { ...request, actor, role: 'operator' }),
    ).catch((error: unknown) => {
      if (error instanceof DataError) throw new ApiError(422, 'ACTION_FAILED', error.message);
      throw error;
    });
    if (verdict === null) throw unknownException();
    const { objection } = verdict;
    if (objection === null) return this.#view(id);
    const status = STATUS[objection.code];
    const current = status === 409 ? await this.#view(id) : undefined;
    throw new ApiError(status, CODE[objection.code], objection.message, undefined, current);
  }

  async #view(id: string): Promise<ExceptionView> {
    const { manager } = this.#database;
    const exception = await findCase(manager, id);
    if (exception === null) throw unknownException();
    const chain = await readChain(manager, 'exception', id);
    return {
      exception,
      actions: exception.status === 'OPEN' ? this.#offered(exception.kind) : [],
      comments: chain
        .filter(({ action }) => action === COMMENT)
        .map(({ at, actor, reason }) => ({ at, actor, text: reason ?? '' })),
      history: chain.map((entry) => ({ ...entry, sequence: entry.sequence.toString() })),
      chainFault: faultView(verifyChain(chain)),
    };
  }

  #offered(name: string): OfferedAction[] {
    const kind = this.#exceptions.kind(name);
    return actionsOf(kind).map((action) => {
      const own = kind?.actions?.[action];
      return { action, does: own?.does ?? BY_HAND, needsReason: own?.needsReason ?? true };
    });
  }
}

const BY_HAND = 'Ends the case by hand; it opens again when the cause is found again.';
const STATUS = {
  'revision-stale': 409,
  'exception-closed': 409,
  'action-unknown': 422,
  'reason-missing': 422,
} as const;
const CODE = {
  'revision-stale': 'REVISION_STALE',
  'exception-closed': 'EXCEPTION_CLOSED',
  'action-unknown': 'ACTION_UNKNOWN',
  'reason-missing': 'REASON_MISSING',
} as const;

const unknownException = (): ApiError =>
  new ApiError(
    404,
    'EXCEPTION_UNKNOWN',
    'This service has no exception with this id.',
    'Ask the service that raised it.',
  );

const faultView = (fault: ChainFault | null): ExceptionView['chainFault'] =>
  fault && { ...fault, sequence: fault.sequence.toString() };

const toCursor = ({ raisedAt, exceptionId }: ListedException): string =>
  Buffer.from(JSON.stringify([raisedAt, exceptionId])).toString('base64url');

function fromCursor(cursor: string): NonNullable<ExceptionQuery['after']> {
  try {
    const [raisedAt, exceptionId] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { raisedAt, exceptionId };
  } catch {
    throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
  }
}
