import { difference, latestOf, listed } from './difference.ts';
import type { Difference } from './difference.ts';

/** What the CRM and the ERP both hold of a customer. */
export interface Customer {
  /** Canonical id of the CRM account; on the ERP side the external id, null when it carries none. */
  readonly customerId: string | null;
  /** Id in the system itself. */
  readonly vendorId: string;
  /** Instance of the system. */
  readonly instance: string;
  readonly accountNumber: string | null;
  readonly name: string | null;
  readonly taxId: string | null;
  readonly changedAt: string | null;
}

/**
 * What the ERP's customer holds of the CRM, by the names of schemas/ownership.yaml (customer-account: crm); a spec holds it to that
 * file. Currency and terms are the ERP's own there: the CRM only asks for them, so a difference in them is a decision and no break.
 */
export const OWNED_BY_CRM = {
  number: 'accountNumber',
  name: 'name',
  taxId: 'taxId',
} as const satisfies Readonly<Record<string, keyof Customer>>;
const OWNED_FIELDS = Object.values(OWNED_BY_CRM);

/**
 * Customer by customer: what the CRM owns stands in every ERP that has the customer, once in each instance. Both lists hold active
 * records only.
 */
export function compareCustomers(crm: readonly Customer[], erp: readonly Customer[]): readonly Difference[] {
  const accounts = Map.groupBy(erp, ({ customerId }) => customerId);
  const known = new Set(crm.map(({ customerId }) => customerId));
  const strangers = erp.filter(({ customerId }) => customerId === null || !known.has(customerId));
  return [
    ...crm.flatMap((customer) => compareOne(customer, accounts.get(customer.customerId) ?? [])),
    ...strangers.map(extra),
    ...sharedNumbers('crm', crm),
    ...sharedNumbers('erp', erp),
  ];
}

function compareOne(crm: Customer, accounts: readonly Customer[]): readonly Difference[] {
  const about = { ...base(crm.customerId ?? crm.vendorId, crm), customerId: crm.customerId };
  if (accounts.length === 0)
    return [
      difference({ ...about, kind: 'missing', expected: crm.name ?? '', actual: null, changedAt: [crm.changedAt] }),
    ];
  const byInstance = [...Map.groupBy(accounts, ({ instance }) => instance).values()];
  return [
    ...accounts.flatMap((account) => compareFields(about, crm, account)),
    ...byInstance
      .filter((same) => same.length > 1)
      .map((same) =>
        difference({
          ...about,
          ...{ kind: 'duplicate-account', expected: '1', actual: String(same.length) },
          changedAt: [crm.changedAt, latestOf(same.map(({ changedAt }) => changedAt))],
          evidence: { ...about.evidence, erp: listed(same.map(({ vendorId }) => vendorId)) },
        }),
      ),
  ];
}

function compareFields(about: ReturnType<typeof base>, crm: Customer, erp: Customer): readonly Difference[] {
  return OWNED_FIELDS.filter((field) => normal(crm[field]) !== normal(erp[field]) && crm[field] !== null).map((field) =>
    difference({
      ...about,
      kind: field,
      expected: crm[field],
      actual: erp[field],
      changedAt: [crm.changedAt, erp.changedAt],
      evidence: { crm: crm.vendorId, erp: erp.vendorId, accountNumber: crm.accountNumber ?? '' },
    }),
  );
}

function extra(erp: Customer): Difference {
  const object = erp.customerId ?? `erp:${erp.vendorId}`;
  return difference({
    ...base(object, erp),
    kind: 'extra',
    expected: null,
    actual: erp.name ?? '',
    changedAt: [erp.changedAt],
  });
}

/** One account number for two names: whoever reads a statement cannot tell who owes. */
function sharedNumbers(side: 'crm' | 'erp', customers: readonly Customer[]): readonly Difference[] {
  const byNumber = Map.groupBy(customers, ({ accountNumber }) => accountNumber ?? '');
  return [...byNumber].flatMap(([number, sharing]) => {
    const names = [...new Set(sharing.map(({ name }) => name ?? ''))].toSorted();
    if (number === '' || names.length < 2) return [];
    return [
      difference({
        check: 'customers-crm-erp',
        kind: 'duplicate-number',
        objectType: 'customer',
        object: `${side}:${number}`,
        expected: names[0] ?? '',
        actual: names.slice(1).join(' | '),
        changedAt: sharing.map(({ changedAt }) => changedAt),
        evidence: {
          side,
          ids: sharing
            .map(({ vendorId }) => vendorId)
            .toSorted()
            .join(' '),
        },
      }),
    ];
  });
}

const base = (object: string, { accountNumber, vendorId }: Customer) => ({
  check: 'customers-crm-erp' as const,
  objectType: 'customer' as const,
  object,
  evidence: { accountNumber: accountNumber ?? '', vendorId },
});

/** Systems trim and fold blanks on their own; that is no difference in what is said. */
const normal = (text: string | null): string => (text ?? '').trim().replaceAll(/\s+/g, ' ');
