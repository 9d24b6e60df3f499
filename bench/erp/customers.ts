import { canonicalId } from '@tieout/canonical';
import { createCodec, Outbox, readBundle, type NewEvent } from '@tieout/messaging';
import { DataSource } from 'typeorm';
import type { Environment } from './environment.ts';

const PORTION = 500;

/** New customers of a CRM instance on the topic, by the relay of the service itself. */
export async function publishCustomers(
  environment: Environment,
  databaseUrl: string,
  { crm, count }: { readonly crm: string; readonly count: number },
): Promise<void> {
  const { SCHEMA_BUNDLE: bundle = '', DATABASE_SCHEMA: schema = '' } = environment.serviceEnvironment(databaseUrl);
  const outbox = new Outbox(createCodec({ bundle: readBundle(bundle), registry: null }), 'bench');
  const extra = { options: `-c search_path=${schema}` };
  const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl, extra }).initialize();
  try {
    for (let from = 0; from < count; from += PORTION) {
      const events = Array.from({ length: Math.min(PORTION, count - from) }, (_, n) => customer(crm, from + n));
      await dataSource.transaction((tx) => outbox.publish(tx, events));
    }
  } finally {
    await dataSource.destroy();
  }
}

function customer(crm: string, n: number): NewEvent<'finance.customer.v1'> {
  const id = String(n).padStart(6, '0');
  const customerId = canonicalId('salesforce', crm, 'Account', id);
  const value = {
    ...{ customerId, revision: 1n, lifecycle: 'ACTIVE' as const, accountNumber: `C${id}`, name: `Buyer ${id}` },
    ...{ legalName: null, taxId: null, currency: 'USD', paymentTerms: null, billingAddress: null },
    ...{ shippingAddress: null, parentId: null },
    source: { system: 'salesforce', instance: crm, entity: 'Account', id, version: null, changedAt: null },
  };
  return { topic: 'finance.customer.v1', key: customerId, id: canonicalId('bench', crm, 'event', id), value };
}
