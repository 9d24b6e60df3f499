import { startService } from '@tieout/platform';
import { service } from '../../../apps/erp-adapter/src/app.module.ts';
import { config, say } from '../../parent.ts';

/** The whole service, in a process of its own. */
await startService(service, config<Record<string, string>>());
say('ready');
