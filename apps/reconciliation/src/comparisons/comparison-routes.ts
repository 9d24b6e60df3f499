import type { z } from 'zod';
import { listQuery, putQuery, withdrawal } from '../statements/statement-input.ts';
import { groupsQuery, newComparisonRun } from './comparison-input.ts';

interface RouteNote {
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
}

/** What the routes of comparisons and statements are for, by `METHOD path`. */
export const COMPARISON_ROUTES: Readonly<Record<string, RouteNote>> = {
  'GET comparisons': { summary: 'Comparisons with their state and what stands now.' },
  'GET comparisons/:name': { summary: 'One comparison: totals by outcome, match rates, completeness, its last runs.' },
  'GET comparisons/:name/groups': { summary: 'What was decided together, with the items.', query: groupsQuery },
  'POST comparisons/:name/runs': {
    summary: 'Starts a full run; up to a date it only reports.',
    body: newComparisonRun,
  },
  'POST statements': { summary: 'Hands a statement in; the body is the file, CSV or camt.053.', query: putQuery },
  'GET statements': { summary: 'Statements, the latest first.', query: listQuery },
  'GET statements/:id': { summary: 'One statement: its days, balances and problems.' },
  'POST statements/:id/withdraw': { summary: 'Takes a statement out of all comparisons.', body: withdrawal },
};
