import { Module } from '@nestjs/common';
import { createSalesforceClient, type SalesforceClient } from '@tieout/connector-salesforce';
import {
  CONSUMERS,
  MessagingModule,
  messagingMigrations,
  Outbox,
  SourceStreams,
  TieoutTransport,
  WorkQueue,
} from '@tieout/messaging';
import {
  CONFIG,
  HealthRegistry,
  Lifecycle,
  LOGGER,
  METRICS,
  SERVICE_NAME,
  type Logger,
  type Metrics,
  type ServiceDefinition,
} from '@tieout/platform';
import { DataSource } from 'typeorm';
import { accountStream } from './accounts/account-stream.worker.ts';
import { config, connectorConfig, type CrmIngestConfig } from './config.ts';
import { createCrmMetrics } from './crm-metrics.ts';
import { Accounts1732330000000 } from './migrations/1732330000000-accounts.ts';
import { SNAPSHOT_WORK, snapshotRequests } from './snapshots/snapshot-request.consumer.ts';
import { snapshotFailed, takeSnapshot } from './snapshots/snapshot.worker.ts';

const CLIENT = Symbol('SALESFORCE_CLIENT');

@Module({
  imports: [MessagingModule.forService()],
  providers: [
    {
      provide: CLIENT,
      inject: [CONFIG],
      useFactory: (values: CrmIngestConfig) => createSalesforceClient(connectorConfig(values)),
    },
    {
      provide: WorkQueue,
      inject: [SERVICE_NAME, LOGGER, DataSource, Outbox, CLIENT, Lifecycle, HealthRegistry],
      useFactory: snapshotQueue,
    },
    {
      provide: SourceStreams,
      inject: [SERVICE_NAME, CONFIG, LOGGER, DataSource, Outbox, CLIENT, METRICS, Lifecycle, HealthRegistry],
      useFactory: accountStreams,
    },
    {
      provide: CONSUMERS,
      inject: [CONFIG, WorkQueue],
      useFactory: (values: CrmIngestConfig, queue: WorkQueue) => [snapshotRequests(values.SALESFORCE_INSTANCE, queue)],
    },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'crm-ingest',
  config,
  migrations: [...messagingMigrations, Accounts1732330000000],
  module: AppModule,
  strategy: TieoutTransport,
};

function snapshotQueue(
  owner: string,
  logger: Logger,
  dataSource: DataSource,
  outbox: Outbox,
  client: SalesforceClient,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): WorkQueue {
  const handlers = { [SNAPSHOT_WORK]: takeSnapshot({ client, dataSource, outbox }) };
  const queue = new WorkQueue({ dataSource, owner, logger, handlers, onFailed: snapshotFailed(outbox) });
  lifecycle.register({ name: 'work queue', phase: 'workers', start: () => queue.start(), stop: () => queue.stop() });
  health.register('work queue', () => ({ ok: queue.status().state === 'running', detail: queue.status() }));
  return queue;
}

function accountStreams(
  owner: string,
  values: CrmIngestConfig,
  logger: Logger,
  dataSource: DataSource,
  outbox: Outbox,
  client: SalesforceClient,
  metrics: Metrics,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): SourceStreams {
  const streams = new SourceStreams({ dataSource, owner, logger });
  const { accountsRead } = createCrmMetrics(metrics, dataSource);
  const spec = accountStream({
    instance: values.SALESFORCE_INSTANCE,
    client,
    dataSource,
    outbox,
    intervalMs: values.SALESFORCE_POLL_INTERVAL_MS,
    overlapSeconds: values.SALESFORCE_OVERLAP_SECONDS,
    onRead: (accounts) => accountsRead.inc(accounts),
  });
  const start = (): Promise<void> => Promise.resolve(void streams.runStream(spec));
  lifecycle.register({ name: 'account stream', phase: 'workers', start, stop: () => streams.stop() });
  health.register('account stream', () => {
    const detail = streams.status();
    return {
      ok: detail.length > 0 && detail.every(({ state, failures }) => state !== 'stopped' && failures < 3),
      detail,
    };
  });
  return streams;
}
