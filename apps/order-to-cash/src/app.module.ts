import { Module } from '@nestjs/common';
import { CONSUMERS, MessagingModule, messagingMigrations, Outbox, TieoutTransport } from '@tieout/messaging';
import { METRICS, type ServiceDefinition } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { config } from './config.ts';
import { Orders1732350000000 } from './migrations/1732350000000-orders.ts';
import { orderMetrics } from './order-metrics.ts';
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
      inject: [Outbox],
      useFactory: (outbox: Outbox) => [contracts(outbox), outcomes(outbox)],
    },
    { provide: ORDER_METRICS, inject: [METRICS, DataSource], useFactory: orderMetrics },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'order-to-cash',
  config,
  migrations: [...messagingMigrations, Orders1732350000000],
  module: AppModule,
  strategy: TieoutTransport,
};
