import { parseRuleSet } from '@tieout/matching';
import { Outbox } from '@tieout/messaging';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { applyVerdict } from '../../../apps/reconciliation/src/breaks/apply-verdict.worker.ts';
import { BreakDesk } from '../../../apps/reconciliation/src/breaks/break-desk.worker.ts';
import { DEFAULT_POLICY } from '../../../apps/reconciliation/src/breaks/policy.ts';
import type { OnBatch } from '../../../apps/reconciliation/src/comparisons/full-run.worker.ts';
import { decideAll } from '../../../apps/reconciliation/src/comparisons/full-run.worker.ts';
import { benchCodec } from '../../messaging/record.ts';
import { config, heard, say } from '../../parent.ts';
import { AS_OF, type Dataset, DEFINITION } from '../dataset.ts';
import { RULES } from '../rules.ts';
import { decideChanges } from './changes.ts';

/** What the parent asks for, one after the other. */
export type Request =
  /** Decides all blocks; `breaks`: and opens the breaks that it finds. */
  | { readonly what: 'full'; readonly breaks: boolean }
  /** Changes items one by one and decides the block of each. */
  | { readonly what: 'changes'; readonly count: number };
export interface FullAnswer {
  readonly seconds: number;
  readonly changed: number;
}
export interface ChangesAnswer {
  /** Of each change: until it was stored and its block decided. */
  readonly milliseconds: readonly number[];
}

/** The code of the reconciliation service that decides blocks, without the service around it. */
const { databaseUrl, comparisonId } = config<Dataset>();
const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl, poolSize: 4 }).initialize();
const ruleSet = parseRuleSet(RULES);
// Nothing is sent: the outbox is filled and no relay empties it.
const outbox = new Outbox(benchCodec(1), 'reconciliation');
const logger = pino({ level: 'error' }, pino.destination(2));
const breaks = new BreakDesk({ outbox, policy: DEFAULT_POLICY, groupCurrency: 'EUR', logger });
const context = { runId: '00000000-0000-4000-8000-000000000000', at: new Date().toISOString() };

const openBreaks: OnBatch = async (tx, { findings }) => {
  if (findings.length > 0) await applyVerdict(breaks, tx, { findings, gone: [] }, context, null);
};

async function full(withBreaks: boolean): Promise<FullAnswer> {
  const begun = performance.now();
  const options = {
    dataSource,
    comparisonId,
    definition: DEFINITION,
    rules: { hash: 'bench', ruleSet },
    asOf: AS_OF,
    rates: [],
  };
  const changed = await decideAll(options, ...(withBreaks ? [openBreaks] : []));
  return { seconds: (performance.now() - begun) / 1_000, changed };
}

say('ready');
for (;;) {
  const request = await heard<Request>('do');
  const answer =
    request.what === 'full'
      ? await full(request.breaks)
      : await decideChanges({ dataSource, breaks, logger, comparisonId, ruleSet, context }, request.count);
  say('done', answer);
}
