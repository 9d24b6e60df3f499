import type { RequestHandler } from 'express';
import { parseExact } from '../netsuite/exact-json.ts';
import { SalesforceFault } from './errors.ts';

/** Behind express.text: a body's numbers stay source text, so an amount never becomes a binary float on its way to the database. */
export const exactBody: RequestHandler = (request, _response, next) => {
  if (typeof request.body === 'string' && request.body !== '') {
    try {
      request.body = parseExact(request.body);
    } catch (error) {
      throw new SalesforceFault(400, 'JSON_PARSER_ERROR', (error as Error).message);
    }
  }
  next();
};
