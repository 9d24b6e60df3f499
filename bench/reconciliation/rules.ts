import { REFERENCE_STEPS } from '@tieout/matching';

/** As a person writes them: the first settles what is exact, the others what is planted (dataset.ts). */
export const RULES = {
  name: 'bench',
  description: 'Ledger against bank.',
  block: ['legalEntity', 'counterparty', 'currency'],
  rules: [
    {
      ...{ kind: 'match', name: 'reference-and-amount', keys: ['reference'], date: { from: -3, to: 5 } },
      ...{ outcome: 'matched', onAmbiguity: 'pass' },
    },
    {
      ...{ kind: 'match', name: 'reference-written-otherwise', date: { from: -3, to: 5 }, outcome: 'matched' },
      ...{ keys: [{ field: 'reference', normalise: REFERENCE_STEPS, minLength: 3 }], onAmbiguity: 'pass' },
    },
    {
      ...{ kind: 'match', name: 'rounded', keys: ['reference'], date: { from: -3, to: 5 }, outcome: 'matched' },
      amount: { absolute: '0.01' },
    },
    {
      ...{ kind: 'match', name: 'paid-in-parts', keys: ['reference'], date: { from: -3, to: 30 } },
      ...{ cardinality: '1:N', outcome: 'matched' },
    },
    {
      ...{ kind: 'match', name: 'paid-together', date: { from: -60, to: 60 }, outcome: 'suggested' },
      when: { right: [{ field: 'reference', present: false }] },
      ...{ cardinality: 'N:1', group: 'search', search: { maxCandidates: 40, maxSize: 4 } },
    },
    { kind: 'timing', name: 'not-yet-there', side: 'left', days: 5 },
  ],
} as const;
