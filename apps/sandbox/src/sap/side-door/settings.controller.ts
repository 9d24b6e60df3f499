import express, { Router } from 'express';
import { z } from 'zod';
import { messages } from '../books/messages.ts';
import { exists, insertRow } from '../books/rows.store.ts';
import type { Queue } from '../events/queue.ts';
import type { Write } from '../odata/model.ts';
import { decimalText, deed, isoDate, type Desk } from './deed.ts';

const openEnd = '9999-12-31';
const code = (length: number): z.ZodString => z.string().min(1).max(length);
const companyCode = z.strictObject({
  companyCode: z.string().length(4),
  name: code(25),
  country: z.string().length(2),
  currency: z.string().length(3),
  city: code(25).optional(),
  vatRegistration: code(20).optional(),
  /** Per cent for its domestic customers; what the country has already when absent. */
  taxRate: decimalText.optional(),
});
const validity = {
  name: code(40),
  validFrom: isoDate.optional(),
  validTo: isoDate.default(openEnd),
  responsible: code(20).optional(),
};
const costCenter = z.strictObject({
  ...validity,
  costCenter: code(10),
  companyCode: z.string().length(4),
  profitCenter: code(10).optional(),
  hierarchyNode: code(12).optional(),
  category: code(1).default('1'),
  blocked: z.boolean().default(false),
});
const profitCenter = z.strictObject({
  ...validity,
  profitCenter: code(10),
  companyCode: z.string().length(4).optional(),
  hierarchyNode: code(12).optional(),
  segment: code(10).optional(),
  blocked: z.boolean().default(false),
});
const node = z.strictObject({
  type: z.enum(['101', '106']),
  node: code(12),
  name: code(40),
  parent: code(12).optional(),
});
const material = z.strictObject({
  material: code(40),
  name: code(40),
  unit: code(3).default('EA'),
  profitCenter: code(10).optional(),
  blocked: z.boolean().default(false),
});
const rate = z.strictObject({
  from: z.string().length(3),
  to: z.string().length(3),
  validFrom: isoDate,
  rate: decimalText,
  type: code(4).default('M'),
  fromUnits: z.int().min(1).default(1),
  toUnits: z.int().min(1).default(1),
});
const period = z.strictObject({
  companyCode: z.string().length(4),
  fiscalYear: z.string().regex(/^\d{4}$/),
  period: z.int().min(1).max(12),
  accountTypes: z
    .array(z.enum(['+', 'A', 'D', 'K', 'M', 'S']))
    .min(1)
    .default(['+']),
  open: z.boolean(),
});
const events = z.strictObject({
  delayMs: z.int().min(0).optional(),
  earlyMs: z.int().min(0).max(10_000).optional(),
  copies: z.int().min(0).max(10).optional(),
  reorder: z.boolean().optional(),
  lose: z.int().min(0).optional(),
  redeliveryMs: z.int().min(0).optional(),
  /** A message of somebody else. */
  inject: z.string().max(100_000).optional(),
});

/** What administrators and controllers maintain. */
export function settingsRouter(desk: Desk, queue: Queue): Router {
  const router = Router();
  router.post('/company-codes', deed(desk, companyCode, createCompanyCode));
  router.post(
    '/cost-centers',
    deed(desk, costCenter, (write, body, today) =>
      putInterval(write, 'cost_center', 'CostCenter', costCenterRow(body, today)),
    ),
  );
  router.post(
    '/profit-centers',
    deed(desk, profitCenter, (write, body, today) =>
      putInterval(write, 'profit_center', 'ProfitCenter', profitCenterRow(body, today)),
    ),
  );
  router.post(
    '/hierarchy-nodes',
    deed(desk, node, async ({ tx }, { type, node: name, name: text, parent }) => {
      const sql = `insert into hierarchy_node ("HierarchyType", "HierarchyNode", "HierarchyNodeText", "ParentNode") values ($1, $2, $3, $4)
        on conflict ("HierarchyType", "ControllingArea", "HierarchyNode") do update set "HierarchyNodeText" = $3, "ParentNode" = $4`;
      await tx.query(sql, [type, name, text, parent ?? null]);
      return { node: name };
    }),
  );
  router.post(
    '/materials',
    deed(desk, material, async ({ tx }, { material: number, name, unit, profitCenter: center, blocked }) => {
      const sql = `insert into material ("Material", name, "BaseUnit", "ProfitCenter", blocked) values ($1, $2, $3, $4, $5)
        on conflict ("Material") do update set name = $2, "BaseUnit" = $3, "ProfitCenter" = $4, blocked = $5`;
      await tx.query(sql, [number.toUpperCase(), name, unit, center ?? null, blocked]);
      return { material: number.toUpperCase() };
    }),
  );
  router.post('/exchange-rates', deed(desk, rate, putRate));
  router.post('/posting-periods', deed(desk, period, setPeriod));
  router.post('/events', express.json({ limit: '1mb' }), (request, response) => {
    const asked = events.safeParse(request.body);
    if (!asked.success) return void response.status(400).json({ error: z.prettifyError(asked.error) });
    const { inject, ...settings } = asked.data;
    queue.change(settings as Parameters<Queue['change']>[0]);
    if (inject !== undefined) queue.inject(inject);
    response.json({ ...queue.settings, depth: queue.depth() });
  });
  return router;
}

async function createCompanyCode({ tx }: Write, body: z.output<typeof companyCode>): Promise<object> {
  const { companyCode: number, name, country, currency, city, vatRegistration, taxRate } = body;
  if (!(await exists(tx, 'currency', { Currency: currency }))) throw messages.noCurrency(currency);
  if (await exists(tx, 'company_code', { CompanyCode: number }))
    throw messages.alreadyMaintained(`Company code ${number}`);
  await insertRow(tx, 'company_code', {
    CompanyCode: number,
    CompanyCodeName: name,
    CityName: city ?? null,
    Country: country,
    Currency: currency,
    VATRegistration: vatRegistration ?? null,
  });
  await tx.query('insert into sales_area values ($1, $2, $3, $1)', [number, '10', '00']);
  if (taxRate !== undefined)
    await tx.query(
      'insert into tax_rate values ($1, $2, $3) on conflict ("Country") do update set percent = excluded.percent',
      [country, 'A1', taxRate],
    );
  return { companyCode: number, salesOrganization: number, distributionChannel: '10', division: '00' };
}

type Row = Record<string, string | null>;

function costCenterRow(body: z.output<typeof costCenter>, today: string): Row {
  return {
    CostCenter: body.costCenter,
    ValidityStartDate: body.validFrom ?? today,
    ValidityEndDate: body.validTo,
    CompanyCode: body.companyCode,
    name: body.name,
    CostCtrResponsiblePersonName: body.responsible ?? null,
    ProfitCenter: body.profitCenter ?? null,
    CostCenterStandardHierArea: body.hierarchyNode ?? null,
    CostCenterCategory: body.category,
    IsBlkdForPrimaryCostsPosting: body.blocked ? 'X' : '',
  };
}

function profitCenterRow(body: z.output<typeof profitCenter>, today: string): Row {
  return {
    ProfitCenter: body.profitCenter,
    ValidityStartDate: body.validFrom ?? today,
    ValidityEndDate: body.validTo,
    CompanyCode: body.companyCode ?? null,
    name: body.name,
    ProfitCtrResponsiblePersonName: body.responsible ?? null,
    ProfitCenterStandardHierarchy: body.hierarchyNode ?? null,
    Segment: body.segment ?? null,
    ProfitCenterIsBlocked: body.blocked ? 'X' : '',
  };
}

/** Puts an interval of validity over those that are there: they are cut where it begins and where it ends, or go. */
async function putInterval(
  { tx, now, user }: Write,
  table: string,
  kind: 'CostCenter' | 'ProfitCenter',
  row: Row,
): Promise<object> {
  const company = row['CompanyCode'] ?? null;
  if (company !== null && !(await exists(tx, 'company_code', { CompanyCode: company })))
    throw messages.noCompanyCode(company);
  const values = [row[kind], row['ValidityStartDate'], row['ValidityEndDate']];
  const overlapping = `"${kind}" = $1 and "ValidityStartDate" <= $3 and "ValidityEndDate" >= $2`;
  const { rows } = await tx.query<{ row: Row }>(
    `delete from ${table} where ${overlapping} returning to_jsonb(${table}) as row`,
    values,
  );
  for (const { row: old } of rows) {
    if (old['ValidityStartDate']! < values[1]!)
      await insertRow(tx, table, { ...old, ValidityEndDate: dayBefore(values[1]!, -1) });
    if (old['ValidityEndDate']! > values[2]!)
      await insertRow(tx, table, { ...old, ValidityStartDate: dayBefore(values[2]!, 1) });
  }
  const prefix = kind === 'CostCenter' ? 'CostCenter' : 'ProfitCenter';
  const currency = kind === 'CostCenter' ? { CostCenterCurrency: await currencyOf(tx, company!) } : {};
  const made = { [`${prefix}CreatedByUser`]: user, [`${prefix}CreationDate`]: now.toISOString().slice(0, 10) };
  await insertRow(tx, table, { ...row, ...currency, ...made });
  return { [kind === 'CostCenter' ? 'costCenter' : 'profitCenter']: row[kind] };
}

function dayBefore(date: string, days: number): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

async function currencyOf(tx: Write['tx'], company: string): Promise<string> {
  const { rows } = await tx.query<{ currency: string }>(
    'select "Currency" as currency from company_code where "CompanyCode" = $1',
    [company],
  );
  return rows[0]!.currency;
}

async function putRate(
  { tx }: Write,
  { from, to, validFrom, rate: value, type, fromUnits, toUnits }: z.output<typeof rate>,
): Promise<object> {
  for (const currency of [from, to])
    if (!(await exists(tx, 'currency', { Currency: currency }))) throw messages.noCurrency(currency);
  await tx.query(
    `insert into exchange_rate values ($1, $2, $3, $4, $5, $6, $7)
     on conflict ("ExchangeRateType", "SourceCurrency", "TargetCurrency", "ValidityStartDate") do update set "ExchangeRate" = excluded."ExchangeRate",
       "NumberOfSourceCurrencyUnits" = excluded."NumberOfSourceCurrencyUnits", "NumberOfTargetCurrencyUnits" = excluded."NumberOfTargetCurrencyUnits"`,
    [type, from, to, validFrom, value, fromUnits, toUnits],
  );
  return { from, to, validFrom };
}

async function setPeriod(
  { tx }: Write,
  { companyCode: number, fiscalYear, period: month, accountTypes, open }: z.output<typeof period>,
): Promise<object> {
  if (!(await exists(tx, 'company_code', { CompanyCode: number }))) throw messages.noCompanyCode(number);
  const sql = open
    ? `delete from closed_period where "CompanyCode" = $1 and "FiscalYear" = $2 and "FiscalPeriod" = $3 and "FinancialAccountType" = any($4)`
    : `insert into closed_period select $1, $2::int, $3::int, type from unnest($4::text[]) as t(type) on conflict do nothing`;
  await tx.query(sql, [number, fiscalYear, month, accountTypes]);
  return { companyCode: number, fiscalYear, period: month, open };
}
