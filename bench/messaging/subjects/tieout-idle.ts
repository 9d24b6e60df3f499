import { applied, type ConsumerSpec } from '@tieout/messaging';
import { config, heard, say } from '../../parent.ts';
import { openService, type ServiceConfig } from './tieout-service.ts';
import { IDLE_TOPICS } from '../idle-topics.ts';

/** A service with nothing to do: three consumers and the relay. */
const service = await openService(config<ServiceConfig>());
const consumers = IDLE_TOPICS.map((topic): ConsumerSpec => ({
  topic,
  handle: async (deliveries) => deliveries.map(() => applied),
}));
await service.runtime.startRelay();
await service.runtime.startConsumers(consumers);
say('ready');
await heard('settled?');
while (service.runtime.status().consumers.some(({ state }) => state !== 'running'))
  await new Promise((resolve) => setTimeout(resolve, 100));
say('settled');
