import type { CustomerContent, CustomerWriter, OwnedFields } from '@tieout/connector-erp';
import { DataError, TransientError } from '@tieout/messaging';
import type { SapClient } from './client.ts';
import { readPartners, type CustomerParts } from './customer-reader.client.ts';
import {
  companyBody,
  customerProblems,
  newPartner,
  ownedFields,
  ownedInPartner,
  salesAreaBody,
  taxBody,
  taxOf,
  type CustomerRules,
} from './customer-write.map.ts';
import { customerKey } from './identity.ts';
import { eq } from './literals.ts';
import type { SalesArea } from './mapping-config.ts';
import type { Change, Row } from './odata.ts';
import { SERVICES } from './services.ts';
import { etagOf } from './values.ts';
import { partnerRow, type PartnerRow } from './vendor-types.ts';

interface Found {
  readonly partner: PartnerRow;
  readonly row: Row;
}

/**
 * Business partners under our key as their external number. SAP does not keep it unique: one is looked for before one is made, and
 * an attempt without an answer must rest until it can be seen.
 */
export function customerWriter(parts: Pick<CustomerParts, 'client' | 'known'>, rules: CustomerRules): CustomerWriter {
  const { client } = parts;
  const taxTypes = Object.values(rules.taxTypes);
  const find = (customerId: string, signal: AbortSignal): Promise<Found | null> =>
    findPartner(parts, customerId, signal);
  return {
    asked(customer) {
      const problems = customerProblems(customer, rules);
      if (problems.length === 0) return ownedFields(customer);
      throw new DataError('customer-incomplete', `SAP cannot take the customer: ${problems.join('; ')}`);
    },
    async read(customerId, signal) {
      const found = await find(customerId, signal);
      return found === null
        ? null
        : { vendorId: found.partner.Customer, fields: ownedInPartner(found.partner, taxTypes) };
    },
    async create(customer, legalEntities, signal) {
      const areas = areasOf(legalEntities, rules);
      const standing = await find(customer.customerId, signal);
      if (standing !== null) {
        await write(client, extensions(standing.partner, customer, areas, rules), signal);
        return standing.partner.Customer;
      }
      const body = newPartner(customer, areas, rules);
      await client.create(SERVICES.partners, 'A_BusinessPartner', body, { signal });
      const made = await find(customer.customerId, signal);
      if (made === null)
        throw new TransientError('sap-not-visible', 'the customer that was created cannot be read yet');
      return made.partner.Customer;
    },
    async update({ customerId }, fields, signal) {
      const found = await find(customerId, signal);
      if (found === null)
        throw new DataError('sap-not-found', `no business partner has the key of customer ${customerId}`);
      await write(client, updates(found, fields, rules), signal);
    },
    async extend({ customerId }, customer, legalEntities, signal) {
      const areas = areasOf(legalEntities, rules);
      const found = await find(customerId, signal);
      if (found === null)
        throw new DataError('sap-not-found', `no business partner has the key of customer ${customerId}`);
      await write(client, extensions(found.partner, customer, areas, rules), signal);
    },
  };
}

async function findPartner(
  parts: Pick<CustomerParts, 'client' | 'known'>,
  customerId: string,
  signal: AbortSignal,
): Promise<Found | null> {
  const key = customerKey(customerId);
  const filter = eq('BusinessPartnerIDByExtSystem', key);
  const records = await readPartners(parts, filter, { signal, use: 'process' });
  if (records.length > 1)
    throw new DataError('customer-ambiguous', `${records.length} business partners have the external number ${key}`);
  const [record] = records;
  return record === undefined ? null : { partner: partnerRow.parse(record.row), row: record.row };
}

function areasOf(legalEntities: readonly string[], { salesAreas }: CustomerRules): SalesArea[] {
  return legalEntities.map((code) => {
    const area = salesAreas[code];
    if (area === undefined) throw new DataError('unknown-legal-entity', `no sales area is configured for ${code}`);
    return area;
  });
}

/** All of it or nothing; nothing to do is no call. */
async function write(client: SapClient, changes: readonly Change[], signal: AbortSignal): Promise<void> {
  if (changes.length === 0) return;
  const [result] = await client.batch(SERVICES.partners, [{ kind: 'change-set', changes }], { signal });
  if (result?.kind === 'failed') throw result.error;
}

function updates({ partner, row }: Found, fields: OwnedFields, rules: CustomerRules): Change[] {
  const { BPTaxNumber: taxNumber, ...own } = fields;
  const key = partner.BusinessPartner;
  return [
    ...(Object.keys(own).length > 0
      ? [{ kind: 'update', set: 'A_BusinessPartner', key, changes: own, etag: etagOf(row) } as const]
      : []),
    ...(taxNumber === undefined ? [] : [taxChange(partner, taxNumber, rules)]),
  ];
}

function taxChange(partner: PartnerRow, number: string, rules: CustomerRules): Change {
  const { BusinessPartner } = partner;
  const standing = taxOf(partner, Object.values(rules.taxTypes));
  const set = 'A_BusinessPartnerTaxNumber';
  if (standing !== undefined) {
    const { BPTaxType: _type, ...changes } = taxBody(number, standing.BPTaxType);
    return { kind: 'update', set, key: { BusinessPartner, BPTaxType: standing.BPTaxType }, changes, etag: null };
  }
  const type = rules.taxTypes[partner.to_BusinessPartnerAddress?.[0]?.Country ?? ''];
  if (type === undefined)
    throw new DataError(
      'customer-incomplete',
      `no type of tax number is configured for the country of ${BusinessPartner}`,
    );
  return { kind: 'create', set, body: { BusinessPartner, ...taxBody(number, type) } };
}

/** What is missing of company codes and sales areas. */
function extensions(
  { Customer, to_Customer }: PartnerRow,
  customer: CustomerContent,
  areas: readonly SalesArea[],
  rules: CustomerRules,
): Change[] {
  const companies = new Set(to_Customer.to_CustomerCompany.map(({ CompanyCode }) => CompanyCode));
  const standing = new Set(
    to_Customer.to_CustomerSalesArea.map((row) =>
      [row.SalesOrganization, row.DistributionChannel, row.Division].join(),
    ),
  );
  return areas.flatMap((area): Change[] => [
    ...(companies.has(area.companyCode)
      ? []
      : [
          {
            kind: 'create',
            set: 'A_CustomerCompany',
            body: { Customer, ...companyBody(customer, area, rules) },
          } as const,
        ]),
    ...(standing.has([area.salesOrganization, area.distributionChannel, area.division].join())
      ? []
      : [
          {
            kind: 'create',
            set: 'A_CustomerSalesArea',
            body: { Customer, ...salesAreaBody(customer, area, rules) },
          } as const,
        ]),
  ]);
}
