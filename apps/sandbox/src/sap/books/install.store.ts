import type { Pool } from 'pg';
import { ledgerTables, salesTables } from './tables-documents.ts';
import { masterTables, partnerTables } from './tables-master.ts';
import { views } from './views.ts';

export const schemaName = 'sandbox_s4hana';

/** What every new system has; `$1` is its first day. */
const seed = [
  `insert into currency select * from (values ('EUR', 2), ('USD', 2), ('GBP', 2), ('CHF', 2), ('CAD', 2), ('JPY', 0), ('KWD', 3)) v on conflict do nothing`,
  `insert into company_code ("CompanyCode", "CompanyCodeName", "CityName", "Country", "Currency", "Language", "VATRegistration")
   values ('1010', 'Company Code 1010', 'Walldorf', 'DE', 'EUR', 'DE', 'DE123456789'), ('1710', 'Company Code 1710', 'Palo Alto', 'US', 'USD', 'EN', null)
   on conflict do nothing`,
  `insert into sales_area select "CompanyCode", '10', '00', "CompanyCode" from company_code on conflict do nothing`,
  `insert into tax_rate values ('DE', 'A1', 19), ('US', 'O0', 0), ('', 'A0', 0) on conflict do nothing`,
  `insert into payment_terms values ('0001', 0), ('NT14', 14), ('NT30', 30), ('NT45', 45), ('NT60', 60), ('NT90', 90) on conflict do nothing`,
  `insert into material ("Material", name) values ('SERVICE', 'Service'), ('LICENCE', 'Licence'), ('SUPPORT', 'Support') on conflict do nothing`,
  `insert into gl_account ("GLAccount", name, "GLAccountType", "GLAccountGroup", "IsBalanceSheetAccount", "CreationDate")
   select account, name, type, "group", type in ('X', 'C'), $1::date from (values ('11001000', 'Bank', 'C', 'LIQU'), ('12100000', 'Receivables Domestic', 'X', 'RECN'),
     ('22000000', 'Output Tax', 'X', 'TAXS'), ('41000000', 'Revenue Domestic', 'P', 'SALE'), ('72500000', 'Exchange Rate Differences', 'N', 'OINC'))
   as v(account, name, type, "group") on conflict do nothing`,
];

/** Creates what is missing and leaves what is there: the books survive a restart of their sandbox. */
export async function install(pool: Pool, now: Date): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtext('${schemaName}'))`);
    await client.query(`create schema if not exists ${schemaName}`);
    await client.query(masterTables + partnerTables + salesTables + ledgerTables + views);
    for (const statement of seed) await client.query(statement, statement.includes('$1') ? [now] : []);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
