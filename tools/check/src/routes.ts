import type { ServiceRoute } from '@tieout/platform';

/** Routes that change something for whoever comes. */
export const unguarded = (routes: readonly ServiceRoute[]): readonly ServiceRoute[] =>
  routes.filter(({ method, roles }) => !READING.includes(method) && roles === null);

const READING = ['GET', 'HEAD', 'OPTIONS'];
