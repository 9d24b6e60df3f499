import { crossReferenceId, type CrossReference } from '@tieout/canonical';
import { customerIdOf, isoInstant, mapCustomer, type Account, type CustomerState } from '@tieout/connector-salesforce';
import type { Examined, Hold } from '../exceptions/exception.ts';
import type { NewStanding, ReadAccount, StoredAccount } from './account.store.ts';
import { standings, type Standing } from './standing.ts';

/** What is stored of an account that was read after `readAt` by the org's clock. */
export function readAccount(account: Account, instance: string, readAt: Date): ReadAccount {
  const stamp = isoInstant(account.SystemModstamp);
  const mapped = mapCustomer(account, instance);
  const problem: Hold | null =
    mapped.kind === 'mapped'
      ? null
      : {
          kind: mapped.problem.code,
          message: mapped.problem.message,
          details: { accountId: account.Id, field: mapped.problem.field, value: mapped.problem.value },
        };
  return {
    accountId: account.Id,
    customerId: customerIdOf(instance, account.Id),
    number: mapped.kind === 'mapped' ? mapped.value.accountNumber : account.AccountNumber,
    name: account.Name ?? '',
    createdAt: isoInstant(account.CreatedDate),
    stamp,
    readAt: readAt.toISOString(),
    deleted: account.IsDeleted,
    customer: mapped.kind === 'mapped' ? mapped.value : null,
    problem,
  };
}

/** What to store and to publish for accounts whose neighbourhood was loaded. */
export interface Decision {
  readonly standings: readonly NewStanding[];
  readonly customers: readonly CustomerState[];
  readonly crossReferences: readonly Omit<CrossReference, 'revision'>[];
  readonly examined: readonly Examined[];
}

/** Pure: the accounts concerned in, everything that follows out. */
export function decide(instance: string, concerned: readonly StoredAccount[]): Decision {
  const verdicts = standings(concerned);
  const decided = concerned.map((account) => {
    const standing = verdicts.get(account.accountId)!;
    const { accountId: recordId, customerId: objectId } = account;
    const hold = standing.kind === 'held' ? standing.hold : null;
    const subject = { instance, objectType: 'customer', objectId, recordId };
    return { account, standing, examined: { subject, hold } };
  });
  const visible = decided.filter(({ account, standing }) => shown(account, standing));
  return {
    standings: decided.map(({ account, standing }) => newStanding(account, standing)),
    customers: visible.map(({ account }) => account.customer!),
    crossReferences: visible.map(({ account }) => crossReference(instance, account)),
    examined: decided.map(({ examined }) => examined),
  };
}

/** A deletion is news only to those who have seen the customer. */
function shown(account: StoredAccount, standing: Standing): boolean {
  return account.customer !== null && (standing.kind === 'published' || (standing.kind === 'gone' && account.onTopic));
}

function newStanding(account: StoredAccount, standing: Standing): NewStanding {
  const { accountId, publishedNumber, onTopic } = account;
  switch (standing.kind) {
    case 'published':
      return { accountId, onTopic: true, publishedNumber: account.number, heldKind: null };
    case 'gone':
      return { accountId, onTopic, publishedNumber: null, heldKind: null };
    case 'held':
      return { accountId, onTopic, publishedNumber, heldKind: standing.hold.kind };
  }
}

function crossReference(instance: string, account: StoredAccount): Omit<CrossReference, 'revision'> {
  return {
    crossReferenceId: crossReferenceId('customer', 'salesforce', instance, account.accountId),
    type: 'customer',
    system: 'salesforce',
    instance,
    vendorId: account.accountId,
    canonicalId: account.customerId,
    status: account.deleted ? 'RETIRED' : 'ACTIVE',
    aliasOf: null,
    source: account.customer!.source,
  };
}
