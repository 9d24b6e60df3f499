import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { CustomerAccount } from '@tieout/canonical';
import { logLevel } from 'kafkajs';
import { DataSource, EntitySchema } from 'typeorm';
import type { Where } from '../environment.ts';
import { benchCodec, COLUMN_NAMES, COLUMNS, CREATE_TABLE, TOPIC } from '../record.ts';
import { config, say } from '../../parent.ts';

/** Nest as its documentation shows it: its Kafka transport, a handler per message, a TypeORM repository. */
const {
  where,
  databaseUrl,
  topic,
  mode,
  concurrency = 1,
} = config<{
  where: Where;
  databaseUrl: string;
  topic: string;
  mode: 'save' | 'upsert';
  concurrency?: number;
}>();

const Account = new EntitySchema<CustomerAccount>({
  name: 'account',
  columns: Object.fromEntries(
    COLUMN_NAMES.map((name) => [
      name,
      {
        type: COLUMNS[name].replace(/\(.*/, '') as 'text',
        name: name.toLowerCase(),
        primary: name === 'customerAccountId',
      },
    ]),
  ),
});

const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl, entities: [Account] }).initialize();
await dataSource.query(CREATE_TABLE);
const accounts = dataSource.getRepository(Account);
// Its own client for the registry would be slower: the decoder is ours.
const codec = benchCodec(where.schemaId);

@Controller()
class AccountController {
  @EventPattern(topic)
  async onAccount(@Payload() bytes: unknown): Promise<void> {
    const account = await codec.decode(TOPIC, bytes as Buffer);
    if (mode === 'save') await accounts.save(account);
    else await accounts.upsert(account, ['customerAccountId']);
  }
}

@Module({ controllers: [AccountController] })
class AccountModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(AccountModule, {
  transport: Transport.KAFKA,
  logger: false,
  options: {
    client: { brokers: where.brokers, logLevel: logLevel.NOTHING },
    consumer: { groupId: `nest-${process.pid}` },
    subscribe: { fromBeginning: true },
    ...(concurrency > 1 ? { run: { partitionsConsumedConcurrently: concurrency } } : {}),
  },
});
await app.listen();
say('ready');
