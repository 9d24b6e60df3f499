import { defineConfig, list, wholeNumber } from '@tieout/platform';
import type { ConfigOf } from '@tieout/platform';

const DEFAULT_SIDES = [
  ...['customer@salesforce', 'contract@salesforce', 'contract-line@salesforce'],
  ...['customer@netsuite', 'order@netsuite', 'invoice@netsuite', 'invoice-line@netsuite'],
  ...['credit-memo@netsuite', 'payment@netsuite', 'cell@anaplan', 'forecast@anaplan'],
].join();

export const reconciliationConfig = defineConfig({
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
  RUNS_KEPT: {
    schema: wholeNumber(2, 10_000),
    description: 'Ended runs whose snapshots and figures are kept.',
    default: '20',
  },
});

export type ReconciliationConfig = ConfigOf<typeof reconciliationConfig>;
