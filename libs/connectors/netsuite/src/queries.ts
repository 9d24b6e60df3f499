/** The SuiteQL that this connector sends. Each query that is paged ends in a total order. */

const stamp = `'YYYY-MM-DD HH24:MI:SS'`;
export const day = (column: string): string => `TO_CHAR(${column}, 'YYYY-MM-DD')`;
export const modifiedOf = (alias: string): string => `TO_CHAR(${alias}.lastmodifieddate, ${stamp}) AS modified`;

/** Keyset: rows after (time, id), so that a page never depends on how many rows came before it. */
const after = (alias: string): string =>
  `(${alias}.lastmodifieddate > TO_DATE(?, ${stamp}) OR (${alias}.lastmodifieddate = TO_DATE(?, ${stamp}) AND ${alias}.id > ?))`;

export const inList = (count: number): string => `(${Array.from({ length: count }, () => '?').join(', ')})`;

export const subsidiaries = `
  SELECT s.id, s.name, s.legalname, c.symbol AS currency, s.country, s.parent, s.isinactive, ${modifiedOf('s')}
  FROM subsidiary s INNER JOIN currency c ON c.id = s.currency ORDER BY s.id`;

const customer = `
  SELECT c.id, c.externalid, c.entityid, c.companyname, c.legalname, c.vatregnumber, c.subsidiary, y.symbol AS currency,
    BUILTIN.DF(c.terms) AS terms, c.creditlimit, c.creditholdoverride, c.balancesearch AS balance, c.isinactive, ${modifiedOf('c')}
  FROM customer c LEFT JOIN currency y ON y.id = c.currency`;
export const changedCustomers = `${customer} WHERE ${after('c')} ORDER BY c.lastmodifieddate, c.id`;
export const customersById = (count: number): string => `${customer} WHERE c.id IN ${inList(count)} ORDER BY c.id`;

export const documents = `
  FROM transaction t
  INNER JOIN transactionline m ON m.transaction = t.id AND m.mainline = 'T'
  INNER JOIN currency c ON c.id = t.currency`;
// A document whose customer we may not see is a document all the same: totals and snapshots leave customers out altogether.
const withCustomer = `${documents} LEFT JOIN customer e ON e.id = t.entity`;
const header = `t.id, t.tranid, t.externalid, ${day('t.trandate')} AS trandate, e.id AS entity, e.externalid AS customerexternalid,
  c.symbol AS currency, m.subsidiary, t.foreigntotal, t.status, t.voided, ${modifiedOf('t')}`;

// A period is named by the month of its last day, which is that of all its days where periods are months.
const withPeriod = `LEFT JOIN accountingperiod p ON p.id = t.postingperiod`;
const period = `TO_CHAR(p.enddate, 'YYYY-MM') AS period`;

// A field of the account's own that is not copied when a record is made from another is read from the other.
const withOrigin = `${withCustomer} LEFT JOIN transaction o ON o.id = m.createdfrom ${withPeriod}`;
const contract = 't.custbody_contract AS contract';

const invoice = `
  SELECT ${header}, ${day('t.duedate')} AS duedate, t.foreignamountpaid, t.foreignamountunpaid, t.custbody_disputed AS disputed,
    ${period}, ${contract}, o.custbody_contract AS origincontract ${withOrigin}
  WHERE t.type = 'CustInvc'`;
const order = `SELECT ${header}, t.otherrefnum, ${contract} ${withCustomer} WHERE t.type = 'SalesOrd'`;
const creditMemo = `
  SELECT ${header}, ${period}, t.foreignpaymentamountused, t.foreignpaymentamountunused, ${contract}, m.createdfrom AS origin, o.type AS origintype,
    o.custbody_contract AS origincontract ${withOrigin}
  WHERE t.type = 'CustCred'`;
const payment = `
  SELECT ${header}, ${period}, t.foreignpaymentamountunused, t.paymentmethod ${withCustomer} ${withPeriod}
  WHERE t.type = 'CustPymt'`;
const refund = `SELECT ${header}, ${period}, t.paymentmethod ${withCustomer} ${withPeriod} WHERE t.type = 'CustRfnd'`;
const inOrder = 'ORDER BY t.lastmodifieddate, t.id';
export const changedInvoices = `${invoice} AND ${after('t')} ${inOrder}`;
export const changedPayments = `${payment} AND ${after('t')} ${inOrder}`;
export const changedOrders = `${order} AND ${after('t')} ${inOrder}`;
export const changedCreditMemos = `${creditMemo} AND ${after('t')} ${inOrder}`;
export const ordersById = (count: number): string => `${order} AND t.id IN ${inList(count)} ${inOrder}`;
export const orderByExternalId = `${order} AND t.externalid = ? ${inOrder}`;
export const invoiceByExternalId = `
  SELECT t.id, t.tranid, ${day('t.trandate')} AS trandate, t.foreigntotal FROM transaction t
  WHERE t.type = 'CustInvc' AND t.externalid = ? ORDER BY t.id`;
export const creditMemosById = (count: number): string => `${creditMemo} AND t.id IN ${inList(count)} ${inOrder}`;
export const invoicesById = (count: number): string => `${invoice} AND t.id IN ${inList(count)} ${inOrder}`;
export const paymentsById = (count: number): string => `${payment} AND t.id IN ${inList(count)} ${inOrder}`;

export const changedRefunds = `${refund} AND ${after('t')} ${inOrder}`;
export const refundsById = (count: number): string => `${refund} AND t.id IN ${inList(count)} ${inOrder}`;

export const linesOf = (count: number): string => `
  SELECT l.transaction, l.linesequencenumber AS line, l.taxline, i.itemid AS item, l.memo, l.quantity, l.rate, l.foreignamount
  FROM transactionline l LEFT JOIN item i ON i.id = l.item
  WHERE l.mainline = 'F' AND l.transaction IN ${inList(count)} ORDER BY l.transaction, l.linesequencenumber`;

export const orderLinesOf = (count: number): string => `
  SELECT l.transaction, l.id AS linekey, l.linesequencenumber AS line, l.taxline, l.item AS itemid, i.itemid AS item, l.memo, l.quantity, l.rate,
    l.foreignamount, l.isclosed, l.custcol_billing_id AS billing, ${day('l.custcol_bill_on')} AS billon
  FROM transactionline l LEFT JOIN item i ON i.id = l.item
  WHERE l.mainline = 'F' AND l.transaction IN ${inList(count)} ORDER BY l.transaction, l.linesequencenumber`;

/** What live invoices took of the lines of orders. */
export const billedOf = (count: number): string => `
  SELECT k.previousdoc, k.previousline, SUM(k.foreignamount) AS billed
  FROM nexttransactionlinelink k INNER JOIN transaction i ON i.id = k.nextdoc
  WHERE k.linktype = 'OrdBill' AND i.voided = 'F' AND k.previousdoc IN ${inList(count)}
  GROUP BY k.previousdoc, k.previousline ORDER BY k.previousdoc, k.previousline`;

export const itemsByCode = (count: number): string => `
  SELECT i.id, i.itemid FROM item i WHERE i.isinactive = 'F' AND i.itemid IN ${inList(count)} ORDER BY i.id`;

const link = `SELECT k.previousdoc, k.previoustype, k.nextdoc, k.nexttype, k.foreignamount FROM nexttransactionlinelink k WHERE k.linktype = 'Payment'`;
export const linksToInvoices = (count: number): string =>
  `${link} AND k.previousdoc IN ${inList(count)} ORDER BY k.previousdoc, k.nextdoc`;
export const linksOfPayments = (count: number): string =>
  `${link} AND k.nextdoc IN ${inList(count)} ORDER BY k.nextdoc, k.previousdoc`;

/** What refunds paid out of payments and credit memos. */
export const refundsOf = (count: number): string =>
  `${link} AND k.nexttype = 'CustRfnd' AND k.previousdoc IN ${inList(count)} ORDER BY k.previousdoc, k.nextdoc`;

export const deletedSince = `
  SELECT d.recordid, d.recordtypeid, TO_CHAR(d.deleteddate, ${stamp}) AS deleted FROM deletedrecord d
  WHERE d.recordtypeid = ? AND d.deleteddate >= TO_DATE(?, ${stamp}) ORDER BY d.deleteddate, d.recordid`;

/** Count and sums as NetSuite computes them; voided documents do not count. */
const totals = (types: string, total: string, open: string): string => `
  SELECT m.subsidiary, TO_CHAR(t.trandate, 'YYYY-MM') AS period, c.symbol AS currency, COUNT(*) AS count,
    SUM(${total}) AS total, SUM(${open}) AS open ${documents}
  WHERE t.type IN (${types}) AND t.voided = 'F'
  GROUP BY m.subsidiary, TO_CHAR(t.trandate, 'YYYY-MM'), c.symbol ORDER BY m.subsidiary, period, currency`;
export const invoiceTotals = totals(`'CustInvc'`, 't.foreigntotal', 't.foreignamountunpaid');
/** Payments less what was paid out again. */
export const paidIn = (column: string, paidOut: string): string =>
  `CASE WHEN t.type = 'CustRfnd' THEN ${paidOut} ELSE ${column} END`;
export const paymentTypes = `'CustPymt', 'CustRfnd'`;
export const paymentTotals = totals(
  paymentTypes,
  paidIn('t.foreigntotal', '0 - t.foreigntotal'),
  paidIn('t.foreignpaymentamountunused', '0'),
);
export const currencies = 'SELECT id, symbol FROM currency ORDER BY id';
