export { SERVICE_PORT, SERVICES, targets } from './services.ts';
export type { MonitoredService } from './services.ts';
