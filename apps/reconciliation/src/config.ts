import { isCurrency, isDate } from '@tieout/canonical';
import { BASE_KEYS, defineConfig, list, wholeNumber } from '@tieout/platform';
import type { ConfigOf } from '@tieout/platform';
import { z } from 'zod';
import { policyText, ratesText } from './breaks/policy-text.worker.ts';

const DEFAULT_SIDES = [
  ...['customer@salesforce', 'contract@salesforce', 'contract-line@salesforce'],
  ...['customer@netsuite', 'order@netsuite', 'invoice@netsuite', 'invoice-line@netsuite'],
  ...['credit-memo@netsuite', 'payment@netsuite', 'cell@anaplan', 'forecast@anaplan'],
].join();

export const reconciliationConfig = defineConfig({
  HTTP_BODY_LIMIT_BYTES: {
    ...BASE_KEYS.HTTP_BODY_LIMIT_BYTES,
    description: 'Largest request body accepted: a sheet of breaks is one.',
    default: '8388608',
  },
  GROUP_CURRENCY: {
    schema: z.string().refine(isCurrency, 'expected an ISO 4217 code'),
    description: 'Currency that breaks are valued in for the whole group.',
    default: 'USD',
  },
  BREAK_POLICY: {
    schema: policyText,
    description:
      'YAML: materiality, owners, due hours, limits of what one person settles alone, addresses of records; docs/how-to/resolve-a-break.md.',
  },
  EXCHANGE_RATES: {
    schema: ratesText,
    description:
      'CSV with the header from,to,date,rate,source: stored at start beside those that were PUT to /exchange-rates.',
  },
  PENDING_SWEEP_MS: {
    schema: wholeNumber(100, 86_400_000),
    description: 'How often breaks are opened again whose pending resolution is past its day.',
    default: '60000',
  },
  RECONCILIATION_SIDES: {
    schema: list.refine(
      (sides) => sides.every((side) => /^[a-z-]+@[a-z0-9-]+(:[\w-]+)?$/.test(side)),
      'expected object@system or object@system:instance',
    ),
    description: 'What a run asks of whom, as object@system or object@system:instance, comma-separated.',
    default: DEFAULT_SIDES,
  },
  RUN_INTERVAL_MS: {
    schema: wholeNumber(0, 86_400_000),
    description: 'Time between periodic runs; 0 runs on request only.',
    default: '0',
  },
  RUN_DEADLINE_MS: {
    schema: wholeNumber(1_000, 86_400_000),
    description: 'How long a run waits for snapshots before it is incomplete.',
    default: '120000',
  },
  RUN_POLL_MS: {
    schema: wholeNumber(20, 60_000),
    description: 'How often a waiting run is looked at.',
    default: '500',
  },
  RECHECK_DELAY_MS: {
    schema: wholeNumber(0, 3_600_000),
    description: 'Pause before the run that decides whether differences of timing persist.',
    default: '3000',
  },
  SETTLE_MS: {
    schema: wholeNumber(0, 86_400_000),
    description: 'How long both sides must have been quiet for a difference to count at once.',
    default: '60000',
  },
  BUSINESS_DATE: {
    schema: z.string().refine((text) => text === '' || isDate(text), 'expected a date YYYY-MM-DD'),
    description: 'Day that checks of what is due take for today, for data of the past; empty for the day of each run.',
    default: '',
  },
  BILLING_TOLERANCE_DAYS: {
    schema: wholeNumber(0, 366),
    description: 'Days by which a bill may miss its scheduled day, and after which it counts as missing.',
    default: '10',
  },
  REVERSAL_SLA_MS: {
    schema: wholeNumber(0, 2_592_000_000),
    description: 'How long a void or cancellation in one system may take to the others before it is a break.',
    default: '900000',
  },
  RUNS_KEPT: {
    schema: wholeNumber(2, 10_000),
    description: 'Ended runs whose snapshots and figures are kept.',
    default: '20',
  },
  BACK_TEST_MAX_AGE_MS: {
    schema: wholeNumber(60_000, 31_536_000_000),
    description: 'How old a back-test may be that the approval of a rule set rests on.',
    default: '259200000',
  },
  COMPARISONS_DIR: {
    schema: z.string().optional(),
    description: 'Folder with comparisons as YAML files, instead of those that Tieout brings along.',
  },
  COMPARISON_INTERVAL_MS: {
    schema: wholeNumber(0, 604_800_000),
    description:
      'Time between full runs of each comparison; 0 makes them on request, and when rules or statements change.',
    default: '86400000',
  },
  COMPARISON_DELAY_MS: {
    schema: wholeNumber(0, 600_000),
    description: 'How long a changed block waits until it is decided again, so that what belongs together arrives.',
    default: '2000',
  },
  STATEMENT_LIMIT_BYTES: {
    schema: wholeNumber(1_024, 104_857_600),
    description: 'Largest statement file accepted.',
    default: '16777216',
  },
});

export type ReconciliationConfig = ConfigOf<typeof reconciliationConfig>;
