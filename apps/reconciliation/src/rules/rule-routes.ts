import type { z } from 'zod';
import { actBody, activateBody, backTestBody, draftBody, page } from './rule-sets-input.ts';

interface RouteNote {
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
}

/** What the routes of rule sets are for, by `METHOD path`. */
export const RULE_ROUTES: Readonly<Record<string, RouteNote>> = {
  'GET rule-sets': { summary: 'Rule sets with what is active and what waits for a person.' },
  'GET rule-sets/:name/versions': { summary: 'Versions of a rule set, the latest first, with its audit chain.' },
  'GET rule-sets/:name/versions/:version': { summary: 'One version: its rules as parsed and as written.' },
  'POST rule-sets/:name/versions': { summary: 'Writes a draft, the next version.', body: draftBody },
  'POST rule-sets/:name/versions/:version/propose': {
    summary: 'Asks for a draft to be activated by somebody else.',
    body: actBody,
  },
  'POST rule-sets/:name/versions/:version/reject': { summary: 'Ends a draft or a proposal.', body: actBody },
  'POST rule-sets/:name/versions/:version/activate': {
    summary: 'Makes a proposal the active version: by another person, on a back-test that is named.',
    body: activateBody,
  },
  'POST rule-sets/:name/versions/:version/back-tests': {
    summary: 'Asks what a version would change over past items.',
    body: backTestBody,
  },
  'GET rule-sets/:name/versions/:version/back-tests': {
    summary: 'Back-tests of a version, the latest first, without results.',
    query: page,
  },
  'GET rule-sets/:name/versions/:version/back-tests/:id': { summary: 'One back-test: progress and results.' },
  'POST rule-sets/:name/versions/:version/back-tests/:id/cancel': {
    summary: 'Stops a back-test that has not ended.',
    body: actBody,
  },
};
