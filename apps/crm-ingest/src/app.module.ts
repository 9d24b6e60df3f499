import { Module } from '@nestjs/common';
import { createSalesforceClient, type SalesforceClient } from '@tieout/connector-salesforce';
import {
  CONSUMERS,
  EXCEPTION_KINDS,
  Exceptions,
  failedWorkKind,
  MessagingModule,
  messagingMigrations,
  snapshotFailed,
  snapshotRequests,
  SourceStreams,
  TAKE_SNAPSHOT,
  takeSnapshot,
  TieoutTransport,
  WorkerHost,
  workFailed,
  WorkQueue,
  type SnapshotSource,
} from '@tieout/messaging';
import { CONFIG, HealthRegistry, Lifecycle, SERVICE_NAME, type ServiceDefinition } from '@tieout/platform';
import { accountKind } from './accounts/account-kind.worker.ts';
import { changeStream } from './changes/change-stream.worker.ts';
import { config, connectorConfig, picklistsOf, type CrmIngestConfig } from './config.ts';
import { changeStateGauge, createCrmMetrics } from './crm-metrics.ts';
import { Accounts1732330000000 } from './migrations/1732330000000-accounts.ts';
import { AccountReadAt1732330100000 } from './migrations/1732330100000-account-read-at.ts';
import { Records1732340200000 } from './migrations/1732340200000-records.ts';
import { Exceptions1732360000000 } from './migrations/1732360000000-exceptions.ts';
import { READING_KINDS } from './exceptions/kinds.ts';
import { contracts, opportunities, products } from './records/entities.worker.ts';
import { recordKind } from './records/record-kind.worker.ts';
import { orgSnapshots } from './snapshots/snapshot.worker.ts';

const CLIENT = Symbol('SALESFORCE_CLIENT');
const SNAPSHOTS = Symbol('SNAPSHOTS');

@Module({
  imports: [MessagingModule.forService()],
  providers: [
    { provide: CLIENT, inject: [CONFIG, Lifecycle], useFactory: openClient },
    {
      provide: SNAPSHOTS,
      inject: [SERVICE_NAME, CONFIG, CLIENT],
      useFactory: (name: string, values: CrmIngestConfig, client: SalesforceClient) =>
        orgSnapshots(name, values.SALESFORCE_INSTANCE, client),
    },
    { provide: WorkQueue, inject: [WorkerHost, SNAPSHOTS, Exceptions], useFactory: snapshotQueue },
    { provide: EXCEPTION_KINDS, useValue: [...READING_KINDS, failedWorkKind('crm-operations')] },
    {
      provide: SourceStreams,
      inject: [WorkerHost, CONFIG, CLIENT, HealthRegistry, Exceptions],
      useFactory: sourceStreams,
    },
    {
      provide: CONSUMERS,
      inject: [SNAPSHOTS, WorkQueue],
      useFactory: (snapshots: SnapshotSource, queue: WorkQueue) => [snapshotRequests(snapshots, queue)],
    },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'crm-ingest',
  config,
  migrations: [
    ...messagingMigrations,
    Accounts1732330000000,
    AccountReadAt1732330100000,
    Records1732340200000,
    Exceptions1732360000000,
  ],
  module: AppModule,
  strategy: TieoutTransport,
};

function snapshotQueue(host: WorkerHost, snapshots: SnapshotSource, exceptions: Exceptions): WorkQueue {
  const { dataSource, outbox } = host;
  return host.workQueue({
    handlers: { [TAKE_SNAPSHOT]: takeSnapshot(snapshots, dataSource, outbox) },
    async onFailed(tx, work) {
      await snapshotFailed(host.service, outbox, tx, work);
      await exceptions.raise(tx, [workFailed(work)]);
    },
  });
}

function openClient(values: CrmIngestConfig, lifecycle: Lifecycle): SalesforceClient {
  const client = createSalesforceClient(connectorConfig(values));
  // After the workers, which use it.
  lifecycle.register({ name: 'salesforce client', phase: 'relay', stop: async () => client.close() });
  return client;
}

function sourceStreams(
  host: WorkerHost,
  values: CrmIngestConfig,
  client: SalesforceClient,
  health: HealthRegistry,
  exceptions: Exceptions,
): SourceStreams {
  const { dataSource, outbox, logger, registry } = host;
  const metrics = createCrmMetrics(registry, dataSource);
  const org = { instance: values.SALESFORCE_INSTANCE, client, outbox, exceptions, picklists: picklistsOf(values) };
  const changes = changeStream({
    ...org,
    dataSource,
    logger,
    // In this order within a batch: what others refer to comes first.
    kinds: [
      accountKind(org),
      recordKind(org, products(org)),
      recordKind(org, opportunities(org)),
      recordKind(org, contracts(org)),
    ],
    intervalMs: values.SALESFORCE_POLL_INTERVAL_MS,
    sweepIntervalMs: values.SALESFORCE_SWEEP_INTERVAL_MS,
    overlapSeconds: values.SALESFORCE_OVERLAP_SECONDS,
    onEvents: (entity, outcome, count) => metrics.events.inc({ entity, outcome }, count),
    onSwept: (entity, reason) => metrics.sweeps.inc({ entity, reason }),
  });
  changeStateGauge(registry, () => changes.state());
  health.register('change events', () => ({ ok: changes.state() !== 'broken', detail: changes.state() }));
  return host.sourceStreams((streams) => void streams.runStream(changes.spec));
}
