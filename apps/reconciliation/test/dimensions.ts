import { canonicalId } from '@tieout/canonical';
import type { AccountingPeriod, CostCenter, ExchangeRate } from '@tieout/canonical';
import type { Bus } from './fixture-bus.ts';

/** Publishes of an ERP instance a closed February, a cost centre below a node that is not there, and a rate. */
export async function publishDimensions(bus: Bus, instance: string): Promise<AccountingPeriod> {
  const of = (entity: string, id: string) => ({
    id: canonicalId('netsuite', instance, entity, id),
    source: { system: 'netsuite', instance, entity, id, version: null, changedAt: null },
  });
  const { id: accountingPeriodId, ...february } = of('accountingPeriod', '2');
  const period: AccountingPeriod = {
    ...{ accountingPeriodId, revision: 1n, lifecycle: 'ACTIVE', name: 'Feb 2026', kind: 'BASE', period: '2026-02' },
    ...{ fiscalYear: null, number: 2, startDate: '2026-02-01', endDate: '2026-02-28', legalEntityId: null },
    ...{ parentId: null, status: 'OPEN', ledgers: [{ ledger: 'RECEIVABLE', status: 'LOCKED' }], instance, ...february },
  };
  const { id: costCenterId, source } = of('department', '7');
  const validity: CostCenter['validity'][number] = {
    ...{ validFrom: null, validTo: null, name: 'Support', legalEntityIds: [], profitCenterId: null, currency: null },
    ...{ category: null, hierarchyNodeId: of('departmentNode', '9').id, responsible: null, blocked: false },
  };
  const center: CostCenter = {
    ...{ costCenterId, revision: 1n, lifecycle: 'ACTIVE', code: 'Support', name: 'Support', area: null },
    ...{ validity: [validity], instance, source },
  };
  const { id: exchangeRateId, ...stated } = of('currencyRate', '1');
  const rate: ExchangeRate = {
    ...{
      exchangeRateId,
      revision: 1n,
      lifecycle: 'ACTIVE',
      rateType: 'default',
      fromCurrency: 'JPY',
      toCurrency: 'USD',
    },
    ...{ validFrom: '2026-02-01', rate: '0.64', fromUnits: 100, toUnits: 1, instance, ...stated },
  };
  await bus.send('finance.cost-center.v1', [{ key: costCenterId, value: center }]);
  await bus.send('finance.exchange-rate.v1', [{ key: exchangeRateId, value: rate }]);
  await bus.send('finance.accounting-period.v1', [{ key: accountingPeriodId, value: period }]);
  return period;
}
