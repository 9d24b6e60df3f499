import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiError, parseInput } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { ORDER_STATES } from './order.ts';
import { findOrder, listOrders, type ListedOrder, type OrderQuery } from './order.store.ts';

const listQuery = z.object({
  state: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(ORDER_STATES))
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});
const position = z.tuple([z.iso.datetime(), z.uuid()]);

@Controller('orders')
export class OrdersController {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  /** The last changed first; `nextCursor` leads to the next page and is null on the last. */
  @Get()
  async list(@Query() query: unknown): Promise<{ orders: readonly ListedOrder[]; nextCursor: string | null }> {
    const { state = null, limit, cursor } = parseInput(listQuery, query);
    const after = cursor === undefined ? null : fromCursor(cursor);
    const rows = await listOrders(this.#database.manager, { state, limit, after });
    const orders = rows.slice(0, limit);
    const last = orders.at(-1);
    return { orders, nextCursor: last && rows.length > limit ? toCursor(last) : null };
  }

  @Get(':contractId')
  async one(@Param('contractId') id: unknown): Promise<ListedOrder> {
    const found = await findOrder(this.#database.manager, parseInput(z.uuid(), id));
    if (found === null) throw new ApiError(404, 'CONTRACT_UNKNOWN', 'There is no contract with this id.');
    return found;
  }
}

const toCursor = ({ changedAt, contractId }: ListedOrder): string =>
  Buffer.from(JSON.stringify([changedAt, contractId])).toString('base64url');

function fromCursor(cursor: string): NonNullable<OrderQuery['after']> {
  try {
    const [changedAt, contractId] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { changedAt, contractId };
  } catch {
    throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
  }
}
