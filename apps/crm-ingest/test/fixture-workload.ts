import {
  mapContract,
  mapCustomer,
  mapOpportunity,
  mapProduct,
  STANDARD_PICKLISTS,
  type Mapped,
} from '@tieout/connector-salesforce';
import type { OrgFixture, Row } from './fixture-org.ts';

/** A sequence of numbers in [0, 1) that a seed names. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const STAGES = ['Prospecting', 'Negotiation/Review', 'Closed Won', 'Closed Lost'];

interface Held {
  readonly id: string;
  readonly key: string;
}

/** One writer of an org: records of its own, created, changed and deleted in an order that its seed decides. */
export async function write(org: OrgFixture, name: string, random: () => number, steps: number): Promise<void> {
  const below = (n: number): number => Math.floor(random() * n);
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const amount = (): string => `${below(100_000)}.${String(below(100)).padStart(2, '0')}`;
  const [account] = await org.upsert('Account', { External_Id__c: name, AccountNumber: name, Name: `${name} 0` });
  const [product] = await org.upsert('Product2', { External_Id__c: name, Name: `${name} product`, ProductCode: name });
  const contracts: Held[] = [];
  const lines: (Held & { readonly contract: string })[] = [];
  let made = 0;
  const make = async (type: string, values: Row): Promise<Held> => {
    const key = `${name}-${(made += 1)}`;
    const [id] = await org.upsert(type, { External_Id__c: key, ...values });
    return { id: id!, key };
  };
  const terms = (): Row => ({ Bill_On__c: `2026-0${1 + below(9)}-28`, Net_Amount__c: amount() });
  const moves: readonly (() => Promise<unknown>)[] = [
    () => org.upsert('Account', { External_Id__c: name, Name: `${name} ${below(1_000)}` }),
    // Nothing is mapped from the type of an account.
    () => org.upsert('Account', { External_Id__c: name, Type: `Type ${below(3)}` }),
    () => org.upsert('Product2', { External_Id__c: name, Name: `${name} product ${below(1_000)}` }),
    () =>
      org.upsert('Opportunity', {
        External_Id__c: `${name}-deal-${below(3)}`,
        Name: `${name} deal`,
        AccountId: account!,
        StageName: oneOf(STAGES),
        Amount: amount(),
        CloseDate: '2026-06-30',
      }),
    async () => contracts.push(await make('Contract', { AccountId: account! })),
    async () => {
      if (contracts.length === 0) return;
      const { id: contract } = oneOf(contracts);
      const values = { Contract__c: contract, Product__c: product!, Quantity__c: '1', Unit_Price__c: '1', ...terms() };
      lines.push({ ...(await make('Contract_Line__c', values)), contract });
    },
    async () => lines.length > 0 && org.upsert('Contract_Line__c', { External_Id__c: oneOf(lines).key, ...terms() }),
    async () => {
      if (contracts.length === 0) return;
      const { key } = oneOf(contracts);
      await org.upsert('Contract', { External_Id__c: key, Status: 'Activated', Legal_Entity__c: 'US' });
    },
    async () => lines.length > 1 && org.remove(lines.splice(below(lines.length), 1)[0]!.id),
    async () => {
      if (contracts.length < 3) return;
      const [{ id }] = contracts.splice(below(contracts.length), 1) as [Held];
      lines.splice(0, Infinity, ...lines.filter(({ contract }) => contract !== id));
      await org.remove(id);
    },
  ];
  for (let step = 0; step < steps; step += 1) await oneOf(moves)();
}

interface State {
  readonly lifecycle: string;
  readonly revision?: bigint;
  readonly source: { readonly changedAt: string | null };
}

/** What the org holds now, as it has to stand on the topics: by topic and key, without what is only information. */
export async function expectedStates(org: OrgFixture): Promise<Map<string, unknown>> {
  const { client, instance } = org;
  const accounts = (await client.all('Account')).records.map((row) => mapCustomer(row, instance));
  const products = (await client.all('Product2')).records.map((row) => mapProduct(row, instance));
  const deals = (await client.all('Opportunity')).records.map((row) =>
    mapOpportunity(row, instance, STANDARD_PICKLISTS),
  );
  const ids = (await client.all('Contract')).records.map(({ Id }) => Id);
  const contracts = (await client.contractsById(ids)).records.map((row) =>
    mapContract(row, instance, STANDARD_PICKLISTS),
  );
  return new Map(
    [
      ...valuesOf(accounts).map((value) => [value.customerId, value] as const),
      ...valuesOf(products).map((value) => [value.productId, value] as const),
      ...valuesOf(deals).map((value) => [value.opportunityId, value] as const),
      ...valuesOf(contracts).map((value) => [value.contractId, value] as const),
    ].map(([key, value]) => [key, comparable(value)]),
  );
}

function valuesOf<T>(mapped: readonly Mapped<T>[]): T[] {
  return mapped.flatMap((one) => (one.kind === 'mapped' ? [one.value] : []));
}

function comparable<S extends State>({ revision: _revision, source, ...content }: S): unknown {
  return { ...content, source: { ...source, changedAt: null } };
}

/** The last state of every key on the four topics; deleted ones are left out, as the org's list leaves them out. */
export async function publishedStates(org: OrgFixture): Promise<Map<string, unknown>> {
  const latest = new Map<string, State>();
  for (const [key, state] of await allStates(org)) latest.set(key, state);
  const live = [...latest].filter(([, { lifecycle }]) => lifecycle !== 'DELETED');
  return new Map(live.map(([key, state]) => [key, comparable(state)]));
}

/** Every state of every key, in order per key. */
async function allStates(org: OrgFixture): Promise<readonly (readonly [string, State])[]> {
  const customers = await org.records('finance.customer.v1');
  const products = await org.records('finance.product.v1');
  const deals = await org.records('finance.opportunity.v1');
  const contracts = await org.records('finance.contract.v1');
  return [
    ...customers.map((value) => [value.customerId, value] as const),
    ...products.map((value) => [value.productId, value] as const),
    ...deals.map((value) => [value.opportunityId, value] as const),
    ...contracts.map((value) => [value.contractId, value] as const),
  ];
}

/** Where org and topics differ: nothing once they are equal. */
export async function differences(org: OrgFixture): Promise<readonly unknown[]> {
  const [held, published] = [await expectedStates(org), await publishedStates(org)];
  return [...new Set([...held.keys(), ...published.keys()])].flatMap((key) => {
    const [expected, actual] = [held.get(key), published.get(key)];
    return JSON.stringify(sorted(expected)) === JSON.stringify(sorted(actual)) ? [] : [{ key, expected, actual }];
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** Keys whose revisions are not 1, 2, 3, ...: something was published twice, out of order, or not at all. */
export async function brokenHistories(org: OrgFixture): Promise<readonly unknown[]> {
  const histories = Map.groupBy(await allStates(org), ([key]) => key);
  return [...histories].flatMap(([key, states]) => {
    const revisions = states.map(([, { revision }]) => revision);
    return revisions.every((revision, n) => revision === BigInt(n + 1)) ? [] : [{ key, revisions }];
  });
}

/** Events by outcome as the cursor counts them, and how many the org has published: both sides of "nothing is lost". */
export async function eventCounts(
  org: OrgFixture,
): Promise<{ readonly published: number; readonly handled: number; readonly outcomes: Record<string, number> }> {
  const [cursor] = await org.sql<{ events: Record<string, number> }>(
    `SELECT cursor->'events' AS events FROM crm_ingest.source_stream WHERE stream = 'changes'`,
  );
  const [log] = await org.sql<{ n: number }>(
    'SELECT count(*)::int AS n FROM sandbox_salesforce.change_event WHERE payload IS NOT NULL',
  );
  const outcomes = cursor?.events ?? {};
  const handled = Object.values(outcomes).reduce((total, count) => total + count, 0);
  return { published: log!.n, handled, outcomes };
}
