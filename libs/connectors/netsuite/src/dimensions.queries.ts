import { day, modifiedOf } from './queries.ts';

/** The SuiteQL of what is few: read whole, and compared with what was read before. */
const tree = (table: 'department' | 'classification'): string => `
  SELECT d.id, d.name, d.fullname, d.parent, d.subsidiary, d.isinactive, ${modifiedOf('d')} FROM ${table} d ORDER BY d.id`;
export const departments = tree('department');
export const classes = tree('classification');

export const accountingPeriods = `
  SELECT p.id, p.periodname, ${day('p.startdate')} AS startdate, ${day('p.enddate')} AS enddate, p.parent, p.isyear, p.isquarter, p.isadjust,
    p.closed, p.alllocked, p.arlocked, p.aplocked, ${modifiedOf('p')}
  FROM accountingperiod p ORDER BY p.startdate, p.id`;

/** By id, because an account has more rates than a query may have rows. */
export const exchangeRates = `
  SELECT r.id, b.symbol AS base, t.symbol AS currency, ${day('r.effectivedate')} AS effectivedate, r.exchangerate, ${modifiedOf('r')}
  FROM currencyrate r INNER JOIN currency b ON b.id = r.basecurrency INNER JOIN currency t ON t.id = r.transactioncurrency
  WHERE r.id > ? ORDER BY r.id`;
/** Moves with every rate that comes, goes or changes. */
export const exchangeRatesState = `
  SELECT COUNT(*) AS count, MAX(r.id) AS last, TO_CHAR(MAX(r.lastmodifieddate), 'YYYY-MM-DD HH24:MI:SS') AS modified, SUM(r.exchangerate) AS total
  FROM currencyrate r`;

export const openInvoices = `
  SELECT t.id, t.foreignamountunpaid AS open, c.symbol AS currency FROM transaction t INNER JOIN currency c ON c.id = t.currency
  WHERE t.type = 'CustInvc' AND t.voided = 'F' AND t.foreignamountunpaid <> 0 AND t.id > ? ORDER BY t.id`;
