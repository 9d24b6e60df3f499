import type { SalesforceClient } from '@tieout/connector-salesforce';
import type { Exceptions, Outbox } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import type { RecordKind } from '../changes/record-kind.ts';
import {
  knownAccounts,
  loadConcerned,
  markPurged,
  refusedAccounts,
  saveRead,
  saveStandings,
  type ReadAccount,
} from './account.store.ts';
import { examination } from '../exceptions/exception.ts';
import { HOLD_KINDS } from '../exceptions/kinds.ts';
import { decide, readAccount } from './ingest.ts';

interface Context {
  readonly instance: string;
  readonly client: SalesforceClient;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
}

/** Accounts to customers. They are decided together, because a customer number belongs to one of them. */
export function accountKind(context: Context): RecordKind {
  const { instance, client } = context;
  return {
    entity: 'Account',
    known: (tx, ids) => knownAccounts(tx, instance, ids),
    refused: (tx) => refusedAccounts(tx, instance),
    async read(ids, signal) {
      const { records, askedAt } = await client.byId('Account', ids, signal);
      const read = records.map((account) => readAccount(account, instance, askedAt));
      const found = new Set(read.map(({ accountId }) => accountId));
      const purged = ids.filter((id) => !found.has(id));
      return (tx) => store(context, tx, { read, purged, readAt: askedAt.toISOString() });
    },
  };
}

interface Reading {
  readonly read: readonly ReadAccount[];
  readonly purged: readonly string[];
  readonly readAt: string;
}

async function store(
  { instance, outbox, exceptions }: Context,
  tx: EntityManager,
  { read, purged, readAt }: Reading,
): Promise<void> {
  await saveRead(tx, instance, read);
  if (purged.length > 0) await markPurged(tx, instance, purged, readAt);
  const ids = [...read.map(({ accountId }) => accountId), ...purged];
  const decision = decide(instance, await loadConcerned(tx, instance, ids));
  await saveStandings(tx, instance, decision.standings);
  await outbox.publishState(
    tx,
    'finance.customer.v1',
    decision.customers.map((value) => ({ key: value.customerId, value })),
  );
  await outbox.publishState(
    tx,
    'finance.cross-reference.v1',
    decision.crossReferences.map((value) => ({ key: value.crossReferenceId, value })),
  );
  await exceptions.examined(tx, examination(decision.examined, HOLD_KINDS));
}
