import { day, documents, inList, paidIn } from './queries.ts';

/**
 * The SuiteQL of snapshots: a projection of their own, read by id, so that a fault of the mapping cannot hide in them; and
 * totals over the same documents, computed by NetSuite, which the items must add up to.
 */
const upTo = `t.trandate <= TO_DATE(?, 'YYYY-MM-DD')`;
const place = `c.symbol AS currency, m.subsidiary, BUILTIN.DF(m.subsidiary) AS subsidiaryname`;
const head = `t.id, t.externalid, t.tranid, ${day('t.trandate')} AS trandate, t.entity, ${place}`;
const used = 't.foreignpaymentamountused, t.foreignpaymentamountunused';
const paid = {
  total: paidIn('t.foreigntotal', '0 - t.foreigntotal'),
  used: paidIn('t.foreignpaymentamountused', '0 - t.foreigntotal'),
  unused: paidIn('t.foreignpaymentamountunused', '0'),
};

const byId = (columns: string, ...types: string[]): string =>
  `SELECT ${columns} ${documents} WHERE t.type IN (${types.map((type) => `'${type}'`).join(', ')}) AND t.id > ? AND ${upTo} ORDER BY t.id`;

/** Lines without tax; sales are negative there. */
const netLine = `l.mainline = 'F' AND l.taxline = 'F'`;
const netLines = `INNER JOIN transactionline l ON l.transaction = t.id AND ${netLine}`;
/** Lines of invoices that bill an order line: the other side's word, and not the amount that the link itself states. */
const bills = `FROM previoustransactionlinelink k INNER JOIN transaction i ON i.id = k.nextdoc
  INNER JOIN transactionline l ON l.transaction = k.nextdoc AND l.id = k.nextline AND ${netLine}`;
/** Of live invoices. No condition but a case: as a condition it lets a planner take a few rows for one and loop over the account. */
const billed = `SUM(CASE WHEN i.voided = 'F' THEN l.foreignamount ELSE 0 END)`;

export const snapshotItems = {
  customer: `SELECT c.id, c.externalid, c.entityid, c.companyname, c.vatregnumber, y.symbol AS currency, c.isinactive
    FROM customer c LEFT JOIN currency y ON y.id = c.currency WHERE c.id > ? ORDER BY c.id`,
  order: byId(`${head}, t.foreigntotal, t.status, t.custbody_contract, t.otherrefnum, t.voided`, 'SalesOrd'),
  invoice: byId(`${head}, t.foreigntotal, t.foreignamountpaid, t.foreignamountunpaid, t.voided`, 'CustInvc'),
  // Keyset by (invoice, line).
  'invoice-line': `SELECT t.id AS transaction, l.id AS line, t.tranid, ${day('t.trandate')} AS trandate, t.entity, ${place},
      0 - l.foreignamount AS net, t.custbody_contract, l.custcol_billing_id, ${day('l.custcol_bill_on')} AS custcol_bill_on, t.voided
    ${documents} ${netLines}
    WHERE t.type = 'CustInvc' AND (t.id > ? OR (t.id = ? AND l.id > ?)) AND ${upTo} ORDER BY t.id, l.id`,
  'credit-memo': byId(`${head}, t.foreigntotal, ${used}, t.custbody_contract, t.voided`, 'CustCred'),
  // Refunds are payments the other way.
  payment: byId(
    `${head}, t.type, ${paid.total} AS foreigntotal, ${paid.used} AS foreignpaymentamountused, ${paid.unused} AS foreignpaymentamountunused, t.voided`,
    'CustPymt',
    'CustRfnd',
  ),
} as const;

export type SnapshotObject = keyof typeof snapshotItems;

/** What payments and credits settled of invoices, summed by the vendor from the other side of the link. */
export const appliedByType = (count: number): string => `
  SELECT k.previousdoc, k.nexttype, SUM(k.foreignamount) AS amount FROM nexttransactionlinelink k
  WHERE k.linktype = 'Payment' AND k.previousdoc IN ${inList(count)} GROUP BY k.previousdoc, k.nexttype ORDER BY k.previousdoc, k.nexttype`;

export const orderNets = (count: number): string => `
  SELECT l.transaction AS id, 0 - SUM(l.foreignamount) AS amount FROM transactionline l
  WHERE ${netLine} AND l.transaction IN ${inList(count)} GROUP BY l.transaction ORDER BY l.transaction`;
export const orderBills = (count: number): string => `
  SELECT k.previousdoc AS id, 0 - ${billed} AS amount ${bills}
  WHERE k.linktype = 'OrdBill' AND k.previousdoc IN ${inList(count)} GROUP BY k.previousdoc ORDER BY k.previousdoc`;

const totals = (figures: string, from: string, ...types: string[]): string =>
  `SELECT c.symbol AS currency, ${figures} ${from} WHERE t.type IN (${types.map((type) => `'${type}'`).join(', ')}) AND ${upTo} GROUP BY c.symbol ORDER BY currency`;
const usedTotals = `COUNT(*) AS count, SUM(t.foreigntotal) AS amount, SUM(t.foreignpaymentamountused) AS applied,
  SUM(t.foreignpaymentamountunused) AS unapplied`;
const orderNet = '0 - SUM(l.foreignamount)';

/** Figures of the same name and currency in several answers are summed: what is unbilled is the net less what was billed. */
export const snapshotTotals: Readonly<Record<SnapshotObject, readonly string[]>> = {
  customer: ['SELECT COUNT(*) AS count FROM customer'],
  order: [
    totals('COUNT(*) AS count', documents, 'SalesOrd'),
    totals(`${orderNet} AS net, ${orderNet} AS unbilled`, `${documents} ${netLines}`, 'SalesOrd'),
    `SELECT c.symbol AS currency, ${billed} AS unbilled ${bills}
      INNER JOIN transaction t ON t.id = k.previousdoc INNER JOIN currency c ON c.id = t.currency
      WHERE k.linktype = 'OrdBill' AND t.type = 'SalesOrd' AND ${upTo} GROUP BY c.symbol ORDER BY currency`,
  ],
  invoice: [
    totals(
      `COUNT(*) AS count, SUM(t.foreigntotal) AS gross, SUM(t.foreignamountpaid) AS paid, SUM(t.foreignamountunpaid) AS open`,
      documents,
      'CustInvc',
    ),
  ],
  'invoice-line': [
    totals('COUNT(*) AS count, 0 - SUM(l.foreignamount) AS net', `${documents} ${netLines}`, 'CustInvc'),
  ],
  'credit-memo': [totals(usedTotals, documents, 'CustCred')],
  payment: [
    totals(
      `COUNT(*) AS count, SUM(${paid.total}) AS amount, SUM(${paid.used}) AS applied, SUM(${paid.unused}) AS unapplied`,
      documents,
      'CustPymt',
      'CustRfnd',
    ),
  ],
};
