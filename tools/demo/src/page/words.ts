import { formatAmount, isCurrency, isDecimal } from '@tieout/canonical';

/** What each check compares, in the words of finance: expected side, actual side. */
const CHECKS: Readonly<Record<string, { readonly title: string; readonly sides: readonly [string, string] }>> = {
  'cells-erp-topic': { title: 'Actuals: ERP and topics', sides: ['ERP', 'Topics'] },
  'cells-topic-planning': { title: 'Actuals: topics and planning', sides: ['Topics', 'Planning'] },
  'control-totals': { title: 'Control totals of the ERP', sides: ['ERP', 'Topics'] },
  'invoice-balance': { title: 'Balance of an invoice', sides: ['Gross', 'Paid, credited and open'] },
  'invoices-erp-topic': { title: 'Invoice: ERP and topic', sides: ['ERP', 'Topic'] },
  'payments-erp-topic': { title: 'Payment: ERP and topic', sides: ['ERP', 'Topic'] },
  'orders-erp-topic': { title: 'Order: ERP and topic', sides: ['ERP', 'Topic'] },
  'credit-memos-erp-topic': { title: 'Credit memo: ERP and topic', sides: ['ERP', 'Topic'] },
  'customers-crm-erp': { title: 'Customer: CRM and ERP', sides: ['CRM', 'ERP'] },
  'orders-crm-erp': { title: 'Contract and its order', sides: ['CRM contract', 'ERP order'] },
  'contract-billing': { title: 'Contract and its billing', sides: ['CRM contract', 'ERP billing'] },
  'unapplied-payments': { title: 'Unapplied payment', sides: ['Should be unapplied', 'Is unapplied'] },
  'forecast-planning-topic': { title: 'Forecast: planning and topic', sides: ['Planning', 'Topic'] },
  'cells-erp-planning': { title: 'Actuals: ERP and planning', sides: ['ERP', 'Planning'] },
  'billing-schedule': { title: 'Billing schedule and its bills', sides: ['Scheduled', 'Billed'] },
  'cross-references': { title: 'Cross-reference', sides: ['Should lead to', 'Leads to'] },
  'cost-centers': { title: 'Cost centres of ERP and planning', sides: ['ERP', 'Planning'] },
  'closed-periods': { title: 'Document in a closed period', sides: ['Should be there', 'Is there'] },
  hierarchies: { title: 'Legal entities and hierarchies', sides: ['ERP', 'Topics and planning'] },
};

export const checkTitle = (check: string): string => CHECKS[check]?.title ?? check;
export const sidesOf = (check: string): readonly [string, string] => CHECKS[check]?.sides ?? ['Expected', 'Found'];

const VENDORS: Readonly<Record<string, string>> = {
  salesforce: 'Salesforce',
  netsuite: 'NetSuite',
  anaplan: 'Anaplan',
};
export const vendorName = (system: string): string => VENDORS[system] ?? system;

const OBJECTS: Readonly<Record<string, string>> = {
  customer: 'Customers',
  opportunity: 'Opportunities',
  product: 'Products',
  contract: 'Contracts',
  'contract-line': 'Contract lines',
  order: 'Orders',
  invoice: 'Invoices',
  'invoice-line': 'Invoice lines',
  payment: 'Payments',
  'credit-memo': 'Credit memos',
  cell: 'Cells of actuals',
  forecast: 'Cells of forecasts',
};
/** The order in which a deal goes through the systems. */
export const OBJECT_ORDER = Object.keys(OBJECTS);
export const objectName = (object: string): string => OBJECTS[object] ?? object;

/** "finance.credit-memo.v1" -> "credit-memo" */
export const topicObject = (topic: string): string => topic.replace(/^finance\.(.+)\.v\d+$/, '$1');

/** Digits in groups of three, for reading: "-1234567.5" -> "-1,234,567.5". The text is otherwise as it was. */
export function grouped(decimal: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(decimal) ?? [];
  return whole === '' ? decimal : `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest}`;
}

/** An amount with the decimals that its currency has; anything else as it is. */
export function money(amount: string, currency: string | null): string {
  if (!isDecimal(amount)) return amount;
  return grouped(currency !== null && isCurrency(currency) ? formatAmount(amount, currency) : amount);
}

/** "3 s", "4 min", "2 h": how long something is ago. */
export function age(instant: string | null, now: Date): string {
  if (instant === null) return '–';
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(instant)) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
