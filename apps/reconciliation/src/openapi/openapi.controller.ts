import { Controller, Get, Inject } from '@nestjs/common';
import type { ServiceRoute } from '@tieout/platform';
import { openApiOf } from './document.ts';
import { ROUTE_NOTES } from './routes.ts';

export const API_ROUTES = 'API_ROUTES';

@Controller()
export class OpenApiController {
  readonly #document: object;

  constructor(@Inject(API_ROUTES) routes: readonly ServiceRoute[]) {
    this.#document = openApiOf('Tieout reconciliation', routes, ROUTE_NOTES);
  }

  @Get('openapi.json')
  document(): object {
    return this.#document;
  }
}
