import { Router } from 'express';
import { z } from 'zod';
import { clear, resetClearing } from '../books/clearing.store.ts';
import type { DocumentKey } from '../books/journal.store.ts';
import { postPayment, reversePayment } from '../books/payment.store.ts';
import { unpadded } from '../books/rows.store.ts';
import { decimalText, deed, isoDate, type Desk } from './deed.ts';

const named = {
  billingDocument: z.string().optional(),
  accountingDocument: z.string().optional(),
  fiscalYear: z.string().length(4).optional(),
};
const account = { customer: z.string(), companyCode: z.string().length(4) };

const payment = z.strictObject({
  ...account,
  currency: z.string().min(3).max(5),
  amount: decimalText,
  date: isoDate.optional(),
  reference: z.string().max(16).optional(),
  invoices: z.array(z.strictObject({ ...named, amount: decimalText.optional() })).default([]),
  credits: z.array(z.strictObject(named)).default([]),
});

const clearing = z.strictObject({
  ...account,
  date: isoDate.optional(),
  documents: z.array(z.strictObject(named)).min(1),
});
const document = { companyCode: z.string().length(4), fiscalYear: z.string().length(4) };
const reset = z.strictObject({ ...document, clearingDocument: z.string() });
const reversal = z.strictObject({
  ...document,
  accountingDocument: z.string(),
  date: isoDate.optional(),
  resetClearing: z.boolean().default(false),
});

/** What people do in accounts receivable: post payments, clear, take it back. */
export function financeRouter(desk: Desk): Router {
  const router = Router();
  router.post(
    '/payments',
    deed(desk, payment, async (write, { date, reference, customer, ...body }, today) =>
      answer(
        await postPayment(write, {
          ...body,
          customer: unpadded(customer),
          date: date ?? today,
          reference: reference ?? null,
        }),
      ),
    ),
  );
  router.post(
    '/clearings',
    deed(desk, clearing, async (write, { companyCode, customer, date, documents }, today) =>
      answer(await clear(write, { companyCode, customer: unpadded(customer) }, documents, date ?? today)),
    ),
  );
  router.post(
    '/clearings/reset',
    deed(desk, reset, async (write, { companyCode, fiscalYear, clearingDocument }) => {
      const key = { CompanyCode: companyCode, FiscalYear: fiscalYear, AccountingDocument: clearingDocument };
      return { items: await resetClearing(write, key) };
    }),
  );
  router.post(
    '/payments/reverse',
    deed(desk, reversal, async (write, { companyCode, fiscalYear, accountingDocument, date, resetClearing }, today) => {
      const key = { CompanyCode: companyCode, FiscalYear: fiscalYear, AccountingDocument: accountingDocument };
      return answer(await reversePayment(write, key, date ?? today, resetClearing));
    }),
  );
  return router;
}

function answer({ CompanyCode, FiscalYear, AccountingDocument }: DocumentKey): object {
  return { companyCode: CompanyCode, fiscalYear: FiscalYear, accountingDocument: AccountingDocument };
}
