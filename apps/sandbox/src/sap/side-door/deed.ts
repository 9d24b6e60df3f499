import express, { type RequestHandler } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { dateOf, inPersonsTransaction } from '../books/rows.store.ts';
import { SapError, type Announcement, type Write } from '../odata/model.ts';

/** What people's deeds need. */
export interface Desk {
  readonly pool: Pool;
  readonly now: () => Date;
  readonly announced: (events: readonly Announcement[]) => void;
}

export const isoDate = z.iso.date();
/** Amounts and quantities are text: no float on the way. */
export const decimalText = z.string().regex(/^-?\d{1,15}(\.\d{1,9})?$/, 'a decimal as text, e.g. "10.50"');

const parseBody = express.json({ limit: '1mb' });

/**
 * A deed of a person: checks the body, does it in one transaction and answers what came of it. `today` is the date where
 * the body says none.
 */
export function deed<S extends z.ZodType>(
  { pool, now, announced }: Desk,
  shape: S,
  work: (write: Write, body: z.output<S>, today: string, params: Readonly<Record<string, string>>) => Promise<object>,
): RequestHandler[] {
  return [
    parseBody,
    async (request, response) => {
      const body = shape.safeParse(request.body ?? {});
      if (!body.success) return void response.status(400).json({ error: z.prettifyError(body.error) });
      const at = now();
      const params = request.params as Record<string, string>;
      try {
        const made = await inPersonsTransaction(pool, at, announced, (write) =>
          work(write, body.data, dateOf(at), params),
        );
        response.json(made);
      } catch (error) {
        if (!(error instanceof SapError)) throw error;
        response.status(error.status).json({ error: error.message, code: error.number });
      }
    },
  ];
}
