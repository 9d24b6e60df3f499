import { config, heard, say } from '../../parent.ts';
import { openService, type ServiceConfig } from './tieout-service.ts';

/** This library's relay, on what others write into the outbox of its service. */
const service = await openService(config<ServiceConfig>());
say('ready');
await heard('start');
await service.runtime.startRelay();
say('started');
