import { Module } from '@nestjs/common';
import {
  CONSUMERS,
  EXCEPTION_KINDS,
  Exceptions,
  MessagingModule,
  messagingMigrations,
  Outbox,
  TieoutTransport,
} from '@tieout/messaging';
import { METRICS, type ServiceDefinition } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { config } from './config.ts';
import { Orders1732350000000 } from './migrations/1732350000000-orders.ts';
import { Exceptions1732360000002 } from './migrations/1732360000002-exceptions.ts';
import { orderMetrics } from './order-metrics.ts';
import { PROBLEM_KINDS } from './orders/case.ts';
import { contracts } from './orders/contract.consumer.ts';
import { OrdersController } from './orders/orders.controller.ts';
import { outcomes } from './orders/outcome.consumer.ts';

const ORDER_METRICS = Symbol('ORDER_METRICS');

@Module({
  imports: [MessagingModule.forService()],
  controllers: [OrdersController],
  providers: [
    {
      provide: CONSUMERS,
      inject: [Outbox, Exceptions],
      useFactory: (outbox: Outbox, exceptions: Exceptions) => [contracts(outbox, exceptions), outcomes(exceptions)],
    },
    { provide: EXCEPTION_KINDS, useValue: PROBLEM_KINDS },
    { provide: ORDER_METRICS, inject: [METRICS, DataSource], useFactory: orderMetrics },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'order-to-cash',
  config,
  migrations: [...messagingMigrations, Orders1732350000000, Exceptions1732360000002],
  module: AppModule,
  strategy: TieoutTransport,
};
