import { createKafka, MessagingRuntime, messagingMigrations, Outbox } from '@tieout/messaging';
import pino from 'pino';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import type { Where } from '../environment.ts';
import { benchCodec } from '../record.ts';

export interface ServiceConfig {
  readonly where: Where;
  readonly databaseUrl: string;
  readonly service: string;
}

export interface Service extends AsyncDisposable {
  readonly runtime: MessagingRuntime;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
}

/** What MessagingModule wires for a service, without Nest around it: the loop, the relay and their tables are the same. */
export async function openService({ where, databaseUrl, service }: ServiceConfig): Promise<Service> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    migrations: messagingMigrations,
    poolSize: 10,
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  const logger = pino({ level: 'error' }, pino.destination(2));
  const codec = benchCodec(where.schemaId);
  const outbox = new Outbox(codec, service);
  const kafka = createKafka({ clientId: service, brokers: where.brokers }, logger);
  const runtime = new MessagingRuntime({
    ...{ service, kafka, dataSource, databaseUrl, codec, outbox, logger },
    schema: 'public',
    registry: new Registry(),
  });
  return {
    runtime,
    dataSource,
    outbox,
    async [Symbol.asyncDispose]() {
      await runtime.stopConsumers();
      await runtime.stopRelay();
      await dataSource.destroy();
    },
  };
}
