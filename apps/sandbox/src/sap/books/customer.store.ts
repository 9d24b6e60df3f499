import type { Key, Values, Write } from '../odata/model.ts';
import { messages } from './messages.ts';
import { dateOf, exists, insertRow, scalars, textOf, updateRow, type Columns } from './rows.store.ts';

/** The customer of a partner, under the partner's number. It comes with the first customer role. */
export async function addCustomer({ tx, now, user }: Write, partner: string, values: Values): Promise<Key> {
  const key = { Customer: partner };
  const columns = scalars(values);
  if (await exists(tx, 'customer', key)) {
    await updateRow(tx, 'customer', key, columns);
    return key;
  }
  await insertRow(tx, 'customer', { ...columns, ...key, CreatedByUser: user.slice(0, 12), CreationDate: dateOf(now) });
  return key;
}

/** Data of one company code: what accounting needs. */
export async function addCompany(write: Write, customer: string, values: Values): Promise<Key> {
  const { tx } = write;
  await needRole(write, customer, 'FLCU00');
  const companyCode = textOf(values, 'CompanyCode');
  if (companyCode === null) throw messages.required('CompanyCode');
  if (!(await exists(tx, 'company_code', { CompanyCode: companyCode }))) throw messages.noCompanyCode(companyCode);
  const key = { Customer: customer, CompanyCode: companyCode };
  if (await exists(tx, 'customer_company', key))
    throw messages.alreadyMaintained(`Customer ${customer} in company code ${companyCode}`);
  await checkCompany(write, key, { ReconciliationAccount: null, ...scalars(values) });
  await insertRow(tx, 'customer_company', { ...scalars(values), ...key });
  return key;
}

/** Data of one sales area: what orders need. */
export async function addSalesArea(write: Write, customer: string, values: Values): Promise<Key> {
  await needRole(write, customer, 'FLCU01');
  const area = {
    SalesOrganization: textOf(values, 'SalesOrganization') ?? '',
    DistributionChannel: textOf(values, 'DistributionChannel') ?? '',
    Division: textOf(values, 'Division') ?? '',
  };
  if (!(await exists(write.tx, 'sales_area', area)))
    throw messages.noSalesArea(area.SalesOrganization, area.DistributionChannel, area.Division);
  const key = { Customer: customer, ...area };
  if (await exists(write.tx, 'customer_sales_area', key))
    throw messages.alreadyMaintained(`Customer ${customer} in sales area ${Object.values(area).join(' ')}`);
  await checkSalesArea(write, key, { Currency: null, CustomerPaymentTerms: null, ...scalars(values) });
  await insertRow(write.tx, 'customer_sales_area', { ...scalars(values), ...key });
  return key;
}

async function needRole({ tx }: Write, customer: string, role: string): Promise<void> {
  const key = { BusinessPartner: customer, BusinessPartnerRole: role };
  if (!(await exists(tx, 'partner_role', key))) throw messages.roleMissing(role);
}

export async function checkCompany({ tx }: Write, key: Key, changes: Columns): Promise<void> {
  if ('ReconciliationAccount' in changes) {
    const account = changes['ReconciliationAccount'];
    if (!account) throw messages.required('ReconciliationAccount');
    if (!(await exists(tx, 'gl_account', { GLAccount: account, GLAccountGroup: 'RECN' })))
      throw messages.noGlAccount(String(account), key['CompanyCode']!);
  }
  await checkTerms({ tx }, changes['PaymentTerms']);
}

export async function checkSalesArea({ tx }: Pick<Write, 'tx'>, _key: Key, changes: Columns): Promise<void> {
  if ('Currency' in changes) {
    const currency = changes['Currency'];
    if (!currency) throw messages.required('Currency');
    if (!(await exists(tx, 'currency', { Currency: currency }))) throw messages.noCurrency(String(currency));
  }
  if ('CustomerPaymentTerms' in changes && !changes['CustomerPaymentTerms'])
    throw messages.required('CustomerPaymentTerms');
  await checkTerms({ tx }, changes['CustomerPaymentTerms']);
}

export async function checkTerms({ tx }: Pick<Write, 'tx'>, terms: Columns[string] | undefined): Promise<void> {
  if (terms && !(await exists(tx, 'payment_terms', { PaymentTerms: terms })))
    throw messages.noPaymentTerms(String(terms));
}

export async function noCheck(): Promise<void> {
  // Whatever the properties allow.
}
