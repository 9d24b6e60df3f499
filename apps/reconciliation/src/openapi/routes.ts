import {
  approveBody,
  assignBody,
  breakFilter,
  bulkBody,
  chainPage,
  commentBody,
  listQuery,
  ratesBody,
  ratesQuery,
  reasonBody,
  rescheduleBody,
  resolveBody,
  sheetImport,
} from '../breaks/breaks-input.ts';
import { RULE_ROUTES } from '../rules/rule-routes.ts';
import { COMPARISON_ROUTES } from '../comparisons/comparison-routes.ts';
import type { RouteNote } from './document.ts';

/** What each route of this service is for, by `METHOD path`; a route without a note fails the build. */
export const ROUTE_NOTES: Readonly<Record<string, RouteNote>> = {
  'POST runs': { summary: 'Starts a run over what every side holds now.' },
  'GET runs': { summary: 'Runs, the latest first.' },
  'GET runs/:id': { summary: 'One run with its findings.' },
  'GET stations': { summary: 'Figures per station of a run.' },
  'GET systems': { summary: 'What each system says that it holds, beside what the topics hold.' },

  'GET breaks': { summary: 'Breaks by filter and sort, a page at a time.', query: listQuery },
  'GET breaks/:id': { summary: 'One break as it is.' },
  'GET breaks/:id/case': { summary: 'One break with history, comments, links, and what the caller may do now.' },
  'POST breaks/bulk': {
    summary: 'One act on many breaks, each for itself; `dryRun` only says what would be.',
    body: bulkBody,
  },
  'POST breaks/:id/assign': { summary: 'Gives the break to a person, or to nobody.', body: assignBody },
  'POST breaks/:id/comment': { summary: 'Leaves a text in its history.', body: commentBody },
  'POST breaks/:id/reschedule': { summary: 'Moves the day that it is due.', body: rescheduleBody },
  'POST breaks/:id/resolve': { summary: 'Resolves it, or proposes to above a limit.', body: resolveBody },
  'POST breaks/:id/approve': { summary: 'Accepts what somebody else proposed.', body: approveBody },
  'POST breaks/:id/reject': { summary: 'Refuses what was proposed.', body: reasonBody },
  'POST breaks/:id/reopen': { summary: 'Takes a resolution back.', body: reasonBody },
  'GET breaks/audit/verify': { summary: 'Checks the audit chains of all breaks, a page at a time.', query: chainPage },
  'GET breaks/:id/audit/verify': { summary: 'Checks the audit chain of one break.' },
  'GET break-sheets/export': { summary: 'Breaks as a sheet to edit offline.', query: breakFilter, answers: 'text/csv' },
  'POST break-sheets/import': {
    summary: 'What an edited sheet would do, row by row; with `apply` does it.',
    body: sheetImport,
  },
  'GET exchange-rates': { summary: 'Rates that amounts are stated in the group currency by.', query: ratesQuery },
  'PUT exchange-rates': { summary: 'Adds or replaces rates.', body: ratesBody },
  ...RULE_ROUTES,
  ...COMPARISON_ROUTES,
  'GET openapi.json': { summary: 'This description.' },
};
