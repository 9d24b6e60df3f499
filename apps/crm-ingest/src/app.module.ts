import { Module } from '@nestjs/common';
import { createSalesforceClient, type SalesforceClient } from '@tieout/connector-salesforce';
import {
  CONSUMERS,
  MessagingModule,
  messagingMigrations,
  snapshotFailed,
  snapshotRequests,
  SourceStreams,
  TAKE_SNAPSHOT,
  takeSnapshot,
  TieoutTransport,
  WorkerHost,
  WorkQueue,
  type SnapshotSource,
} from '@tieout/messaging';
import { CONFIG, SERVICE_NAME, type ServiceDefinition } from '@tieout/platform';
import { accountStream } from './accounts/account-stream.worker.ts';
import { config, connectorConfig, type CrmIngestConfig } from './config.ts';
import { createCrmMetrics } from './crm-metrics.ts';
import { Accounts1732330000000 } from './migrations/1732330000000-accounts.ts';
import { AccountReadAt1732330100000 } from './migrations/1732330100000-account-read-at.ts';
import { accountSnapshots } from './snapshots/snapshot.worker.ts';

const CLIENT = Symbol('SALESFORCE_CLIENT');
const SNAPSHOTS = Symbol('SNAPSHOTS');

@Module({
  imports: [MessagingModule.forService()],
  providers: [
    {
      provide: CLIENT,
      inject: [CONFIG],
      useFactory: (values: CrmIngestConfig) => createSalesforceClient(connectorConfig(values)),
    },
    {
      provide: SNAPSHOTS,
      inject: [SERVICE_NAME, CONFIG, CLIENT],
      useFactory: (name: string, values: CrmIngestConfig, client: SalesforceClient) =>
        accountSnapshots(name, values.SALESFORCE_INSTANCE, client),
    },
    { provide: WorkQueue, inject: [WorkerHost, SNAPSHOTS], useFactory: snapshotQueue },
    { provide: SourceStreams, inject: [WorkerHost, CONFIG, CLIENT], useFactory: accountStreams },
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
  migrations: [...messagingMigrations, Accounts1732330000000, AccountReadAt1732330100000],
  module: AppModule,
  strategy: TieoutTransport,
};

function snapshotQueue(host: WorkerHost, snapshots: SnapshotSource): WorkQueue {
  const { dataSource, outbox } = host;
  return host.workQueue({
    handlers: { [TAKE_SNAPSHOT]: takeSnapshot(snapshots, dataSource, outbox) },
    onFailed: (tx, work) => snapshotFailed(host.service, outbox, tx, work),
  });
}

function accountStreams(host: WorkerHost, values: CrmIngestConfig, client: SalesforceClient): SourceStreams {
  const { dataSource, outbox } = host;
  const { accountsRead } = createCrmMetrics(host.registry, dataSource);
  const spec = accountStream({
    instance: values.SALESFORCE_INSTANCE,
    client,
    dataSource,
    outbox,
    intervalMs: values.SALESFORCE_POLL_INTERVAL_MS,
    overlapSeconds: values.SALESFORCE_OVERLAP_SECONDS,
    onRead: (accounts) => accountsRead.inc(accounts),
  });
  return host.sourceStreams((streams) => void streams.runStream(spec));
}
