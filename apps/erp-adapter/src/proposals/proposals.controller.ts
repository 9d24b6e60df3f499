import { Controller, Get, Inject, Query } from '@nestjs/common';
import { parseInput, RequireRole } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { listProposals, type ListedProposal } from './proposal.store.ts';

const listQuery = z.object({
  instance: z.string().max(40).optional(),
  flow: z.enum(['customers', 'orders']).optional(),
  action: z.enum(['create', 'change', 'refused']).optional(),
  object: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'expected a cursor of ours')
    .optional(),
});

@Controller('proposals')
export class ProposalsController {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  /** What would be written where writing is set to `propose`, oldest first; `nextCursor` is null on the last page. */
  @Get()
  @RequireRole('auditor', 'operator')
  async list(@Query() query: unknown): Promise<{ proposals: readonly ListedProposal[]; nextCursor: string | null }> {
    const {
      instance = null,
      flow = null,
      action = null,
      object: objectId = null,
      limit,
      cursor = null,
    } = parseInput(listQuery, query);
    const asked = { instance, flow, action, objectId, limit: limit + 1, after: cursor };
    const rows = await listProposals(this.#database.manager, asked);
    const proposals = rows.slice(0, limit);
    return { proposals, nextCursor: rows.length > limit ? proposals.at(-1)!.seq : null };
  }
}
