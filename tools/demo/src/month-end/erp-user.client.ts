import {
  createNetSuiteClient,
  createNetSuiteQuery,
  createNetSuiteSender,
  type NetSuiteConfig,
  type UpsertType,
} from '@tieout/connector-netsuite';
import { errorKind } from '@tieout/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** What a person, or an import that a person started, does in NetSuite: by its record API, and by its pages (the side door). */
export interface ErpUser {
  /** Creates or updates by external id; a sublist that is sent replaces the one that is there. @returns the internal id */
  put(type: UpsertType, externalId: string, body: object): Promise<string>;
  /** Changes lines of the order under this internal id; they are named by their keys, the others stay. */
  patchOrder(id: string, lines: readonly object[]): Promise<void>;
  /** Makes a record out of another one, once: the external id tells whether it was done. @returns the new record's internal id */
  transform(from: Source, to: 'invoice' | 'creditMemo', externalId: string, body: object): Promise<string>;
  voidTransaction(id: string): Promise<void>;
  deleteRecord(type: string, id: string): Promise<void>;
  /** Changes columns and leaves no trace of it, as some of the vendor's own updates do. */
  changeQuietly(type: string, id: string, columns: Readonly<Record<string, string>>): Promise<void>;
  /** Sales orders that carry a contract: contract id to internal id. */
  contractOrders(): Promise<ReadonlyMap<string, string>>;
  countOrders(): Promise<number>;
  /** Key of each order line by what it bills, order by order. */
  orderLines(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  /** Count and sum per type and currency, as NetSuite computes them; void ones do not count. */
  countTransactions(): Promise<readonly TransactionCount[]>;
  countCustomers(): Promise<number>;
}

export interface Source {
  readonly type: 'salesOrder' | 'invoice';
  readonly id: string;
}

const transactionCount = z.object({ type: z.string(), currency: z.string(), count: z.string(), total: z.string() });
export type TransactionCount = z.infer<typeof transactionCount>;

const ATTEMPTS = 6;
const orderRow = z.object({ id: z.string(), contract: z.string() });
const orderLineRow = z.object({ transaction: z.string(), line: z.string(), billing: z.string().optional() });
const countRow = z.object({ count: z.string() });

/** @param url base address of the sandbox, for its side door */
export function createErpUser(config: NetSuiteConfig, url: string, signal: AbortSignal): ErpUser {
  const send = createNetSuiteSender(config);
  const client = createNetSuiteClient(config);
  const query = createNetSuiteQuery(send);
  const all = <R>(q: string, row: z.ZodType<R>): Promise<R[]> => patiently(signal, () => query.all(q, [], row, signal));
  const find = async (type: string, externalId: string): Promise<string | null> => {
    try {
      const path = `/record/v1/${type}/eid:${encodeURIComponent(externalId)}`;
      const { json } = await send({ name: `find ${type}`, method: 'GET', path, signal });
      return (json as { id: string }).id;
    } catch (error) {
      if (errorKind(error) === 'data') return null;
      throw error;
    }
  };
  return {
    put: (type, externalId, body) => patiently(signal, () => client.upsertRecord(type, externalId, body, signal)),
    async patchOrder(id, items) {
      const headers = { 'X-NetSuite-PropertyNameValidation': 'Error' };
      const call = { name: 'change order', method: 'PATCH', path: `/record/v1/salesOrder/${id}` } as const;
      await patiently(signal, () => send({ ...call, body: { item: { items } }, headers, signal }));
    },
    transform: ({ type, id }, to, externalId, body) =>
      // Asked twice it would be done twice, so after a call without an answer the record is looked for first.
      patiently(signal, async (attempt) => {
        const done = attempt === 1 ? null : await find(to, externalId);
        return done ?? client.transform(type, id, to, { ...body, externalId }, signal);
      }),
    voidTransaction: (id) => sideDoor(url, 'POST', `/void/${id}`),
    deleteRecord: (type, id) => sideDoor(url, 'DELETE', `/records/${type}/${id}`),
    changeQuietly: (type, id, columns) => sideDoor(url, 'PATCH', `/records/${type}/${id}`, columns),
    ...reads(all),
  };
}

type All = <R>(q: string, row: z.ZodType<R>) => Promise<R[]>;

function reads(
  all: All,
): Pick<ErpUser, 'contractOrders' | 'countOrders' | 'orderLines' | 'countTransactions' | 'countCustomers'> {
  const count = async (q: string): Promise<number> => Number((await all(q, countRow))[0]?.count ?? 0);
  return {
    async contractOrders() {
      const q = `SELECT t.id, t.custbody_contract AS contract FROM transaction t WHERE t.type = 'SalesOrd' AND t.custbody_contract IS NOT NULL ORDER BY t.id`;
      return new Map((await all(q, orderRow)).map(({ id, contract }) => [contract, id]));
    },
    countOrders: () => count(`SELECT COUNT(*) AS count FROM transaction t WHERE t.type = 'SalesOrd'`),
    async orderLines() {
      const q = `SELECT l.transaction, l.id AS line, l.custcol_billing_id AS billing FROM transactionline l
        INNER JOIN transaction t ON t.id = l.transaction
        WHERE t.type = 'SalesOrd' AND l.mainline = 'F' AND l.taxline = 'F' ORDER BY l.transaction, l.id`;
      const byOrder = Map.groupBy(await all(q, orderLineRow), ({ transaction }) => transaction);
      const keys = (lines: z.infer<typeof orderLineRow>[]): Map<string, string> =>
        new Map(lines.map(({ billing, line }) => [billing ?? '', line]));
      return new Map([...byOrder].map(([order, lines]) => [order, keys(lines)]));
    },
    countTransactions: () =>
      all(
        `SELECT t.type, c.symbol AS currency, COUNT(*) AS count, SUM(t.foreigntotal) AS total FROM transaction t
          INNER JOIN currency c ON c.id = t.currency WHERE t.voided = 'F' GROUP BY t.type, c.symbol ORDER BY t.type, currency`,
        transactionCount,
      ),
    countCustomers: () => count('SELECT COUNT(*) AS count FROM customer'),
  };
}

/** Repeats what may pass; what the vendor says against the data does not. */
async function patiently<T>(signal: AbortSignal, work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (errorKind(error) !== 'transient' || attempt >= ATTEMPTS) throw error;
      await sleep(100 * 2 ** attempt, undefined, { signal });
    }
  }
}

async function sideDoor(url: string, method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${url}/sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok)
    throw new Error(
      `NetSuite's side door answers ${response.status} to ${method} ${path}: ${(await response.text()).slice(0, 300)}`,
    );
}
