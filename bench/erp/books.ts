import { inDatabase } from '../database.ts';

/** Customers that the invoices are spread over. */
const CUSTOMERS = 1_000;

/**
 * Fills the books of a NetSuite account: so many open invoices with three lines each, changed one after the other. Straight
 * into the sandbox's tables: what is measured is the reading.
 */
export async function fillBooks(databaseUrl: string, invoices: number): Promise<void> {
  await inDatabase(databaseUrl, async (client) => {
    await client.query('SET search_path = sandbox_netsuite');
    await client.query(
      `INSERT INTO customer (entityid, companyname, subsidiary, currency, createddate, lastmodifieddate)
       SELECT 'B' || n, 'Buyer ' || n, 1, 1, '2026-01-01', '2026-01-01' FROM generate_series(1, $1::int) n`,
      [CUSTOMERS],
    );
    await client.query(
      `INSERT INTO transaction (type, tranid, trandate, duedate, entity, subsidiary, currency, foreigntotal, lastline,
         createddate, lastmodifieddate)
       SELECT 'CustInvc', 'INV' || n, date '2026-01-01' + n % 300, date '2026-02-01' + n % 300,
         (SELECT min(id) FROM customer WHERE entityid LIKE 'B%') + n % $1::int, 1, 1, 3 * (n % 1000) + 6.75, 3,
         timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01' + n * interval '1 second'
       FROM generate_series(1, $2::int) n`,
      [CUSTOMERS, invoices],
    );
    await client.query(
      `INSERT INTO transactionline (transaction, line, seq, item, quantity, rate, amount, memo)
       SELECT t.id, l, l, (SELECT min(id) FROM item), 1, (t.foreigntotal - 6.75) / 3 + l + 0.25,
         (t.foreigntotal - 6.75) / 3 + l + 0.25, 'Part ' || l
       FROM transaction t CROSS JOIN generate_series(1, 3) l WHERE t.type = 'CustInvc'`,
    );
    await client.query('ANALYZE');
  });
}
