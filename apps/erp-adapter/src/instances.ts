import type { CallBudget, Erp, KnownCustomers } from '@tieout/connector-erp';
import { createNetSuiteClient, netsuiteErp } from '@tieout/connector-netsuite';
import { createEventSource, createSapClient, sapErp } from '@tieout/connector-sap-s4hana';
import type { InstanceConfig } from './instances/instance-config.ts';

/** What an ERP asks of the adapter. */
export interface ErpNeeds {
  readonly known: KnownCustomers;
  readonly budget: CallBudget;
  /** Hears of warnings that came with a success. */
  onMessages(call: string, messages: readonly { readonly text: string }[]): void;
}

export interface OpenErp {
  readonly erp: Erp;
  /** Closes connections; no call follows. */
  close(): void;
}

type ConfigOf<S extends InstanceConfig['system']> = Extract<InstanceConfig, { readonly system: S }>;

/** The one place where a configured system becomes an ERP behind the port. */
export function openErp(config: InstanceConfig, needs: ErpNeeds): OpenErp {
  switch (config.system) {
    case 'netsuite':
      return openNetSuite(config, needs);
    case 'sap-s4hana':
      return openSap(config, needs);
  }
}

function openNetSuite(config: ConfigOf<'netsuite'>, { budget }: ErpNeeds): OpenErp {
  const { name: instance, timeZone, concurrency, connection, auth, netsuite } = config;
  const { defaultItem, customerSubsidiary: subsidiary, overlapSeconds, sweepSeconds } = netsuite;
  const limits = { ...connection, timeZone, concurrency };
  const client = createNetSuiteClient('clientId' in auth ? { ...limits, ...auth } : { ...limits, ...auth }, { budget });
  const depth = { timeZone, overlapSeconds, sweepSeconds };
  return {
    erp: netsuiteErp({ client, origin: { instance, timeZone }, depth, defaultItem, subsidiary }),
    close: () => undefined,
  };
}

function openSap(config: ConfigOf<'sap-s4hana'>, { known, budget, onMessages }: ErpNeeds): OpenErp {
  const { name: instance, timeZone, connection, auth, sap } = config;
  const client = createSapClient({ ...connection, auth }, { budget, onMessages });
  const events = connection.eventMesh && createEventSource(connection.eventMesh);
  return {
    erp: sapErp({ client, instance, known, timeZone, config: sap, ...(events && { events }) }),
    close() {
      client.close();
      events?.close();
    },
  };
}
