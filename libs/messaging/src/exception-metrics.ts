import { Gauge, type Registry } from 'prom-client';

export interface OpenExceptions {
  /** As in the events of finance.exception.v1. */
  readonly kind: string;
  readonly count: number;
}

/** The open exceptions that a service has raised, under one name for all services; read when scraped. */
export function openExceptionsMetric(registry: Registry, read: () => Promise<readonly OpenExceptions[]>): void {
  new Gauge({
    name: 'tieout_open_exceptions',
    help: 'Open exceptions of this service by kind: what bad input became, and a person or better data can settle.',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      const open = await read();
      this.reset();
      for (const { kind, count } of open) this.set({ kind }, count);
    },
  });
}
