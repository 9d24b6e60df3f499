import type { CustomerContent, CustomerWriter } from '@tieout/connector-erp';
import { DataError } from '@tieout/messaging';
import type { NetSuiteClient } from './client.ts';
import { customerProblems, ownedFields } from './customer-write.map.ts';

/** Customers under our id as external id: doing it twice changes nothing. @param subsidiary internal id that new ones belong to */
export function customerWriter(client: NetSuiteClient, subsidiary: string): CustomerWriter {
  return {
    asked(customer) {
      const fields = ownedFields(customer);
      const problems = customerProblems(fields);
      if (problems.length === 0) return fields;
      throw new DataError('customer-incomplete', `NetSuite cannot take the customer: ${problems.join('; ')}`);
    },
    async read(customerId, signal) {
      const found = await client.readCustomer(customerId, signal);
      return found === null ? null : { vendorId: found.id, fields: { ...found.fields } };
    },
    async create(customer, _legalEntities, signal) {
      const body = {
        ...ownedFields(customer),
        ...(await currencyOf(client, customer, signal)),
        subsidiary: { id: subsidiary },
      };
      return client.upsertRecord('customer', customer.customerId, body, signal);
    },
    update: ({ customerId }, fields, signal) => client.updateCustomer(customerId, fields, signal),
  };
}

async function currencyOf(
  client: NetSuiteClient,
  { currency }: CustomerContent,
  signal: AbortSignal,
): Promise<{ readonly currency?: { readonly id: string } }> {
  if (currency === null) return {};
  const id = (await client.currencyIds(signal)).get(currency);
  if (id === undefined) throw new DataError('unknown-currency', `The ERP has no currency ${currency}`);
  return { currency: { id } };
}
