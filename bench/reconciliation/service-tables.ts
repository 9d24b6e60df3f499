import { service } from '../../apps/reconciliation/src/app.module.ts';

/** Makes the tables of the reconciliation service. */
export const migrations = service.migrations;
