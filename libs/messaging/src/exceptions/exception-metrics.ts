import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { openAtStake, openFigures, type OpenFigure } from './exception.store.ts';

/** The open exceptions of a service under the same names in all of them; read when scraped, each gauge for itself. */
export function exceptionGauges(registry: Registry, dataSource: DataSource): void {
  const registers = [registry];
  const figure = (name: string, help: string, read: (figure: OpenFigure) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['kind', 'severity'],
      registers,
      async collect() {
        const open = await openFigures(dataSource.manager);
        this.reset();
        for (const one of open) this.set({ kind: one.kind, severity: one.severity }, read(one));
      },
    });
  };
  figure(
    'tieout_open_exceptions',
    'Open exceptions of this service by kind: what bad input became, and a person or better data can settle.',
    ({ count }) => count,
  );
  figure(
    'tieout_open_exceptions_oldest_seconds',
    'Age of the oldest open exception of each kind.',
    ({ oldestSeconds }) => oldestSeconds,
  );
  new Gauge({
    name: 'tieout_open_exceptions_at_stake',
    help: 'Money that open exceptions hold up, where an amount is known, by currency.',
    labelNames: ['currency'],
    registers,
    async collect() {
      const sums = await openAtStake(dataSource.manager);
      this.reset();
      for (const { currency, amount } of sums) this.set({ currency }, amount);
    },
  });
}
