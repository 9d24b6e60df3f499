import { runService } from '../src/index.ts';
import { service } from './app.module.ts';

await runService(service);
