import type { Key, Values, Write } from '../odata/model.ts';
import { addCompany, addCustomer, addSalesArea } from './customer.store.ts';
import { messages } from './messages.ts';
import {
  below,
  dateOf,
  exists,
  inCapitals,
  insertRow,
  nextNumber,
  scalars,
  textOf,
  timeOf,
  unpadded,
  updateRow,
  type Columns,
} from './rows.store.ts';

/** Number assignment by grouping: internal, or by whoever creates the partner. */
const groupings: Readonly<Record<string, 'internal' | 'external'>> = {
  BP01: 'internal',
  BP02: 'internal',
  BPEE: 'external',
};
const roles = new Set(['000000', 'FLCU00', 'FLCU01', 'FLVN00', 'FLVN01']);
const customerRoles = new Set(['FLCU00', 'FLCU01']);
const organisation = '2';

/** A partner with whatever hangs below it in the body. */
export async function createPartner(write: Write, values: Values): Promise<Key> {
  const { tx, now, user } = write;
  const category = textOf(values, 'BusinessPartnerCategory');
  if (category === null) throw messages.required('BusinessPartnerCategory');
  if (category !== organisation) throw messages.invalidCategory(category);
  if (textOf(values, 'OrganizationBPName1') === null) throw messages.required('OrganizationBPName1');
  const number = await partnerNumber(write, values);
  await insertRow(tx, 'business_partner', {
    BusinessPartnerGrouping: 'BP02',
    ...inCapitals(scalars(values), ...capitals),
    BusinessPartner: number,
    CreatedByUser: user.slice(0, 12),
    CreationDate: dateOf(now),
    CreationTime: timeOf(now),
  });
  for (const role of below(values, 'to_BusinessPartnerRole')) await addRole(write, number, role);
  for (const address of below(values, 'to_BusinessPartnerAddress')) await addAddress(write, number, address);
  for (const tax of below(values, 'to_BusinessPartnerTax')) await addTaxNumber(write, number, tax);
  for (const customer of below(values, 'to_Customer')) {
    await addCustomer(write, number, customer);
    for (const company of below(customer, 'to_CustomerCompany')) await addCompany(write, number, company);
    for (const area of below(customer, 'to_CustomerSalesArea')) await addSalesArea(write, number, area);
  }
  write.announce({
    type: 'sap.s4.beh.businesspartner.v1.BusinessPartner.Created.v1',
    key: { BusinessPartner: number },
  });
  return { BusinessPartner: number };
}

const capitals = ['BusinessPartnerIDByExtSystem', 'SearchTerm1', 'SearchTerm2', 'CorrespondenceLanguage'] as const;

async function partnerNumber({ tx }: Write, values: Values): Promise<string> {
  const grouping = textOf(values, 'BusinessPartnerGrouping') ?? 'BP02';
  const given = textOf(values, 'BusinessPartner');
  if (groupings[grouping] === undefined) throw messages.invalidGrouping(grouping);
  if (groupings[grouping] === 'internal') {
    if (given !== null) throw messages.numberOutsideRange(given);
    return nextNumber(tx, 'business partner', '', 1_000_000n);
  }
  if (given === null) throw messages.required('BusinessPartner');
  const number = unpadded(given.toUpperCase());
  if (await exists(tx, 'business_partner', { BusinessPartner: number })) throw messages.partnerExists(number);
  return number;
}

export async function changePartner(write: Write, key: Key, changes: Values): Promise<void> {
  if ('OrganizationBPName1' in changes && textOf(changes, 'OrganizationBPName1') === null)
    throw messages.required('OrganizationBPName1');
  await updateRow(write.tx, 'business_partner', key, inCapitals(scalars(changes), ...capitals));
  await touchPartner(write, key['BusinessPartner']!);
}

/** Whatever changes below a partner changes the partner. The stamp knows whole seconds. */
export async function touchPartner({ tx, now, user, announce }: Write, partner: string): Promise<void> {
  const sql = `update business_partner set "LastChangeDate" = $2, "LastChangeTime" = $3, "LastChangedByUser" = $4, changes = changes + 1
    where "BusinessPartner" = $1`;
  await tx.query(sql, [partner, dateOf(now), timeOf(now), user.slice(0, 12)]);
  announce({ type: 'sap.s4.beh.businesspartner.v1.BusinessPartner.Changed.v1', key: { BusinessPartner: partner } });
}

export async function addRole(write: Write, partner: string, values: Values): Promise<Key> {
  const role = textOf(values, 'BusinessPartnerRole');
  if (role === null) throw messages.required('BusinessPartnerRole');
  if (!roles.has(role)) throw messages.invalidRole(role);
  const key = { BusinessPartner: partner, BusinessPartnerRole: role };
  if (await exists(write.tx, 'partner_role', key)) throw messages.alreadyMaintained(`Role ${role}`);
  await insertRow(write.tx, 'partner_role', { ...key, ValidFrom: write.now.toISOString() });
  if (customerRoles.has(role)) await addCustomer(write, partner, {});
  return key;
}

export async function addAddress(write: Write, partner: string, values: Values): Promise<Key> {
  if (textOf(values, 'Country') === null) throw messages.required('Country');
  const key = { BusinessPartner: partner, AddressID: await nextNumber(write.tx, 'address', '', 22_000n) };
  await insertRow(write.tx, 'partner_address', {
    ...inCapitals(scalars(values), 'Country', 'Region'),
    ...key,
    ValidityStartDate: write.now.toISOString(),
  });
  return key;
}

export async function addTaxNumber({ tx }: Write, partner: string, values: Values): Promise<Key> {
  const type = textOf(values, 'BPTaxType');
  if (type === null) throw messages.required('BPTaxType');
  if (!/^[A-Z]{2}\d{1,2}$/.test(type)) throw messages.invalidTaxType(type);
  const key = { BusinessPartner: partner, BPTaxType: type };
  if (await exists(tx, 'partner_tax_number', key)) throw messages.alreadyMaintained(`Tax number ${type}`);
  await insertRow(tx, 'partner_tax_number', { ...scalars(values), ...key });
  return key;
}

type Add = (write: Write, partner: string, values: Values) => Promise<Key>;

/** Creation on its own of what hangs below a partner, whose key stands in the body or the path under `owner`. */
export function belowPartner(owner: 'BusinessPartner' | 'Customer', add: Add) {
  return async (write: Write, values: Values): Promise<Key> => {
    const partner = unpadded(textOf(values, owner) ?? '');
    if (!(await exists(write.tx, 'business_partner', { BusinessPartner: partner }))) throw messages.noPartner(partner);
    const key = await add(write, partner, values);
    await touchPartner(write, partner);
    return key;
  };
}

/** Change of a row below a partner; `check` refuses what must not be. */
export function changeBelow(
  table: string,
  owner: 'BusinessPartner' | 'Customer',
  check: (write: Write, key: Key, changes: Columns) => Promise<void>,
) {
  return async (write: Write, key: Key, changes: Values): Promise<void> => {
    const columns = inCapitals(scalars(changes), ...(table === 'partner_address' ? ['Country', 'Region'] : []));
    await check(write, key, columns);
    await updateRow(write.tx, table, key, columns);
    await touchPartner(write, key[owner]!);
  };
}

export async function checkAddress(_write: Write, _key: Key, changes: Columns): Promise<void> {
  if ('Country' in changes && !changes['Country']) throw messages.required('Country');
}

export async function removeBelow(write: Write, table: string, key: Key): Promise<void> {
  const names = Object.keys(key).map((name, n) => `"${name}" = $${n + 1}`);
  await write.tx.query(`delete from ${table} where ${names.join(' and ')}`, Object.values(key));
  await touchPartner(write, key['BusinessPartner']!);
}
