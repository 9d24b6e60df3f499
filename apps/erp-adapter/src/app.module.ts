import { Module } from '@nestjs/common';
import {
  CONSUMERS,
  EXCEPTION_KINDS,
  Exceptions,
  MessagingModule,
  messagingMigrations,
  Outbox,
  snapshotRequests,
  SourceStreams,
  TieoutTransport,
  WorkerHost,
  type ConsumerSpec,
} from '@tieout/messaging';
import { CONFIG, Lifecycle, METRICS, type Metrics, type ServiceDefinition } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { billCommands } from './bills/bill.consumer.ts';
import { exceptionKinds } from './cases/decisions.store.ts';
import { createBudgetMetrics, type BudgetMetrics } from './budget/budget-metrics.ts';
import { createCallBudget, type AccountBudget } from './budget/call-budget.worker.ts';
import { createCertificateMetric } from './certificate-metrics.ts';
import { config, type ErpAdapterConfig } from './config.ts';
import { customers } from './customers/customer.consumer.ts';
import { knownCustomers } from './customers/known-customers.store.ts';
import { createErpMetrics, type ErpMetrics } from './erp-metrics.ts';
import { openErp } from './instances.ts';
import { fanOut } from './instances/fan-out.consumer.ts';
import { holderOf, type InstanceConfig } from './instances/instance-config.ts';
import { createInstance, type Instance } from './instances/instance.worker.ts';
import { Erp1732330000001 } from './migrations/1732330000001-erp.ts';
import { Orders1732350000001 } from './migrations/1732350000001-orders.ts';
import { Exceptions1732360000001 } from './migrations/1732360000001-exceptions.ts';
import { Bills1732380000001 } from './migrations/1732380000001-bills.ts';
import { CallBudget1732380000001 } from './migrations/1732380000001-call-budget.ts';
import { DirtyRecords1732400000001 } from './migrations/1732400000001-dirty-records.ts';
import { Approvals1732390000001 } from './migrations/1732390000001-approvals.ts';
import { Instances1732370000001 } from './migrations/1732370000001-instances.ts';
import { Proposals1732410000001 } from './migrations/1732410000001-proposals.ts';
import { commands } from './orders/command.consumer.ts';
import { ProposalsController } from './proposals/proposals.controller.ts';
import { unclaimedCommands } from './orders/unclaimed-command.consumer.ts';

const INSTANCES = Symbol('INSTANCES');
const ERP_METRICS = Symbol('ERP_METRICS');

@Module({
  imports: [MessagingModule.forService()],
  controllers: [ProposalsController],
  providers: [
    {
      provide: ERP_METRICS,
      inject: [METRICS, DataSource, CONFIG],
      useFactory: (registry: Metrics, dataSource: DataSource, { ERP_INSTANCES }: ErpAdapterConfig) =>
        createErpMetrics(
          registry,
          dataSource,
          ERP_INSTANCES.map(({ name }) => name),
        ),
    },
    {
      provide: INSTANCES,
      inject: [WorkerHost, CONFIG, Exceptions, ERP_METRICS, Lifecycle],
      useFactory: openInstances,
    },
    {
      provide: EXCEPTION_KINDS,
      inject: [INSTANCES],
      useFactory: (instances: readonly Instance[]) =>
        exceptionKinds(instances.map(({ erp, queue }) => ({ instance: erp.instance, queue }))),
    },
    {
      provide: SourceStreams,
      inject: [WorkerHost, INSTANCES],
      useFactory: (host: WorkerHost, instances: readonly Instance[]) =>
        host.sourceStreams((streams) => instances.forEach((instance) => instance.run(streams))),
    },
    { provide: CONSUMERS, inject: [INSTANCES, CONFIG, Outbox, Exceptions], useFactory: consumers },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'erp-adapter',
  config,
  migrations: [
    ...messagingMigrations,
    ...[Erp1732330000001, Orders1732350000001, Exceptions1732360000001, Instances1732370000001],
    ...[
      Bills1732380000001,
      CallBudget1732380000001,
      Approvals1732390000001,
      DirtyRecords1732400000001,
      Proposals1732410000001,
    ],
  ],
  module: AppModule,
  strategy: TieoutTransport,
};

function openInstances(
  host: WorkerHost,
  { ERP_INSTANCES }: ErpAdapterConfig,
  exceptions: Exceptions,
  metrics: ErpMetrics,
  lifecycle: Lifecycle,
): readonly Instance[] {
  const budgets = createBudgetMetrics(host.registry);
  const instances = ERP_INSTANCES.map((one) => {
    const budget = budgetOf(one, host, budgets);
    const { erp, close } = openErp(one, {
      ...{ known: knownCustomers(host.dataSource, one.name), budget },
      onMessages: (call, messages) => host.logger.warn({ instance: one.name, call, messages }, 'the ERP warns'),
    });
    // Stopped with the relay, after the workers: until then they call.
    const stop = async (): Promise<void> => {
      close();
      await budget.stop();
    };
    lifecycle.register({ name: `calls to ${one.name}`, phase: 'relay', stop });
    return createInstance(one, erp, { host, exceptions, metrics });
  });
  createCertificateMetric(
    host.registry,
    instances.map(({ erp }) => erp),
  );
  return instances;
}

function budgetOf(
  { name, concurrency, callsPerMinute: perMinute, connection }: InstanceConfig,
  { dataSource, logger }: WorkerHost,
  metrics: BudgetMetrics,
): AccountBudget {
  const limits = { account: name, concurrency, perMinute, longestCallMs: connection.timeoutMs };
  const budget = createCallBudget({ dataSource, logger, ...limits, onWaited: metrics.waited(name) });
  metrics.watch(name, budget);
  return budget;
}

/** One consumer of each topic, which hands every event to every instance. */
function consumers(
  instances: readonly Instance[],
  { ERP_OTHER_LEGAL_ENTITIES: others }: ErpAdapterConfig,
  outbox: Outbox,
  exceptions: Exceptions,
): readonly ConsumerSpec[] {
  const configs = instances.map((instance) => instance.config);
  const isClaimed = (legalEntity: string): boolean => holderOf(configs, legalEntity) !== null;
  return [
    fanOut(
      instances.map(({ config: { crmInstances, customers: which }, erp, queue }) =>
        customers({ ...keyed(erp), crmInstances, customers: which }, queue),
      ),
    ),
    fanOut([
      ...instances.map((instance) => commands(commandScope(instance, configs), outbox, instance.queue)),
      ...instances.map((instance) => billCommands(commandScope(instance, configs), instance.queue)),
      ...(others === 'refuse' ? [unclaimedCommands({ isClaimed, outbox, exceptions })] : []),
    ]),
    fanOut(instances.map(({ snapshots, queue }) => snapshotRequests(snapshots, queue))),
  ];
}

function commandScope(
  { config: own, erp }: Instance,
  configs: readonly Instance['config'][],
): Parameters<typeof commands>[0] {
  return {
    ...keyed(erp),
    holds: (legalEntity) => holderOf(configs, legalEntity) === own,
    bringsCustomers: own.customers === 'with-orders' || erp.customerWriter.extend !== undefined,
  };
}

function keyed(erp: Instance['erp']): { readonly instance: string; customerKey?(customerId: string): string } {
  return { instance: erp.instance, ...(erp.customerKey && { customerKey: (id) => erp.customerKey!(id) }) };
}
