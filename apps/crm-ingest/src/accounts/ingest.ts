import { crossReferenceId, type CrossReference } from '@tieout/canonical';
import { customerIdOf, isoInstant, mapCustomer, type Account, type CustomerState } from '@tieout/connector-salesforce';
import { transition, type ExceptionState, type Hold } from '../exceptions/exception.ts';
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
  readonly exceptions: readonly ExceptionState[];
}

/** Pure: the accounts concerned and the time in, everything that follows out. */
export function decide(instance: string, concerned: readonly StoredAccount[], now: string): Decision {
  const verdicts = standings(concerned);
  const decided = concerned.map((account) => {
    const standing = verdicts.get(account.accountId)!;
    const { accountId: recordId, customerId: objectId } = account;
    const hold = standing.kind === 'held' ? standing.hold : null;
    const subject = { instance, objectType: 'customer', objectId, recordId };
    return { account, standing, ...transition(subject, account.held, hold, now) };
  });
  const visible = decided.filter(({ account, standing }) => shown(account, standing));
  return {
    standings: decided.map(({ account, standing, held }) => newStanding(account, standing, held)),
    customers: visible.map(({ account }) => account.customer!),
    crossReferences: visible.map(({ account }) => crossReference(instance, account)),
    exceptions: decided.flatMap(({ exceptions }) => exceptions),
  };
}

/** A deletion is news only to those who have seen the customer. */
function shown(account: StoredAccount, standing: Standing): boolean {
  return account.customer !== null && (standing.kind === 'published' || (standing.kind === 'gone' && account.onTopic));
}

function newStanding(account: StoredAccount, standing: Standing, held: NewStanding['held']): NewStanding {
  const { accountId, publishedNumber, onTopic } = account;
  switch (standing.kind) {
    case 'published':
      return { accountId, onTopic: true, publishedNumber: account.number, held };
    case 'gone':
      return { accountId, onTopic, publishedNumber: null, held };
    case 'held':
      return { accountId, onTopic, publishedNumber, held };
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
