import { crossReferenceId, type CrossReference } from '@tieout/canonical';
import { isoInstant, mapCustomer, customerIdOf, type Account, type CustomerState } from '@tieout/connector-salesforce';
import type { AccountVersion, KnownVersion, NewStanding, ReadAccount, StoredAccount } from './account.store.ts';
import { raised, resolved, type ExceptionState } from './exception.ts';
import { standings, type Hold, type Standing } from './standing.ts';

/**
 * Whether a listed version has to be read by id. Two changes within one second carry the same stamp, and the later one can
 * appear as late as its transaction commits: a version is read again each time its age has doubled, and once more when it
 * is older than `windowMs`. Instants are those when listings were asked for.
 */
export function isUnread(
  listed: AccountVersion,
  known: KnownVersion | undefined,
  askedAt: Date,
  windowMs: number,
): boolean {
  if (known === undefined || known.stamp !== listed.stamp) return true;
  const stamp = Date.parse(listed.stamp);
  const ageWhenRead = Date.parse(known.readAt) - stamp;
  return ageWhenRead < windowMs && askedAt.getTime() - stamp >= Math.min(2 * ageWhenRead, windowMs);
}

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
          details: {
            accountId: account.Id,
            field: mapped.problem.field,
            value: String(account[mapped.problem.field] ?? ''),
          },
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
  const decided = concerned.map((account) => ({ account, standing: verdicts.get(account.accountId)! }));
  const visible = decided.filter(({ account, standing }) => shown(account, standing));
  return {
    standings: decided.map(({ account, standing }) => newStanding(account, standing, now)),
    customers: visible.map(({ account }) => account.customer!),
    crossReferences: visible.map(({ account }) => crossReference(instance, account)),
    exceptions: decided.flatMap(({ account, standing }) => exceptions(instance, account, standing, now)),
  };
}

/** A deletion is news only to those who have seen the customer. */
function shown(account: StoredAccount, standing: Standing): boolean {
  return account.customer !== null && (standing.kind === 'published' || (standing.kind === 'gone' && account.onTopic));
}

function newStanding(account: StoredAccount, standing: Standing, now: string): NewStanding {
  const { accountId, publishedNumber, onTopic } = account;
  switch (standing.kind) {
    case 'published':
      return { accountId, onTopic: true, publishedNumber: account.number, held: null };
    case 'gone':
      return { accountId, onTopic, publishedNumber: null, held: null };
    case 'held':
      return {
        accountId,
        onTopic,
        publishedNumber,
        held: { ...standing.hold, since: heldSince(account, standing.hold) ?? now },
      };
  }
}

/** A case that goes on keeps its beginning. */
function heldSince(account: StoredAccount, hold: Hold): string | null {
  return account.held?.kind === hold.kind ? account.held.since : null;
}

function exceptions(instance: string, account: StoredAccount, standing: Standing, now: string): ExceptionState[] {
  const subject = { instance, accountId: account.accountId, customerId: account.customerId };
  const before = account.held;
  const hold = standing.kind === 'held' ? standing.hold : null;
  const over = before !== null && before.kind !== hold?.kind ? [resolved(subject, before, before.since, now)] : [];
  const same = before !== null && hold !== null && before.kind === hold.kind && before.message === hold.message;
  return hold === null || same ? over : [...over, raised(subject, hold, heldSince(account, hold) ?? now, now)];
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
