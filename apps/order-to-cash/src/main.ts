import { runService } from '@tieout/platform';
import { service } from './app.module.ts';

await runService(service);
