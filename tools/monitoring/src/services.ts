/** What the dashboards and the scrape targets need to know of a service; each name is a folder of apps/. */
export interface MonitoredService {
  readonly name: string;
  /** One sentence for people who open its dashboard. */
  readonly does: string;
  /** It reads a vendor's changes. */
  readonly streams: boolean;
  /** It calls a vendor by work items. */
  readonly work: boolean;
}

export const SERVICES: readonly MonitoredService[] = [
  {
    name: 'crm-ingest',
    does: 'Reads accounts, opportunities, contracts and products of Salesforce into topics.',
    streams: true,
    work: true,
  },
  {
    name: 'order-to-cash',
    does: 'Turns active contracts into orders of the ERP, and follows what becomes of them.',
    streams: false,
    work: false,
  },
  {
    name: 'erp-adapter',
    does: 'Writes customers and orders into NetSuite, and reads its documents and control totals into topics.',
    streams: true,
    work: true,
  },
  {
    name: 'planning-publisher',
    does: 'Loads actuals into Anaplan, and reads forecasts from it into topics.',
    streams: true,
    work: true,
  },
  {
    name: 'reconciliation',
    does: 'Compares what the systems hold, and keeps the breaks.',
    streams: false,
    work: false,
  },
];

/** Where every container listens. */
export const SERVICE_PORT = 3000;

/** A file for Prometheus' file_sd_configs. */
export function targets(addresses: Readonly<Record<string, string>>): object[] {
  return Object.entries(addresses).map(([service, address]) => ({ targets: [address], labels: { service } }));
}

/** The targets of docker compose: a container is found under its service's name. */
export function composeTargets(): object[] {
  return targets(Object.fromEntries(SERVICES.map(({ name }) => [name, `${name}:${SERVICE_PORT}`])));
}
