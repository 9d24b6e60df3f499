import type { CallUse } from '@tieout/connector-erp';
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { AccountBudget } from './call-budget.worker.ts';

export interface BudgetMetrics {
  /** To be passed to the budget of an instance. */
  waited(instance: string): (use: CallUse, milliseconds: number) => void;
  watch(instance: string, budget: Pick<AccountBudget, 'remaining'>): void;
}

/** How much of the vendors' limits is left, and how long calls wait for their turn. */
export function createBudgetMetrics(registry: Registry): BudgetMetrics {
  const registers = [registry];
  const budgets = new Map<string, Pick<AccountBudget, 'remaining'>>();
  new Gauge({
    name: 'tieout_erp_call_budget_remaining_ratio',
    help: 'Share of the calls at a time that an ERP instance allows which none of the replicas uses.',
    labelNames: ['instance'],
    registers,
    collect() {
      for (const [instance, budget] of budgets) this.set({ instance }, budget.remaining());
    },
  });
  const waiting = new Histogram({
    name: 'tieout_erp_call_budget_wait_seconds',
    help: 'How long calls of an ERP instance waited for their turn, by use: process, read, backfill.',
    labelNames: ['instance', 'use'],
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60],
    registers,
  });
  return {
    waited: (instance) => (use, milliseconds) => waiting.observe({ instance, use }, milliseconds / 1_000),
    watch: (instance, budget) => void budgets.set(instance, budget),
  };
}
