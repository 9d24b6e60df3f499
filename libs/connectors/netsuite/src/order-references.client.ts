import type { ErpCommand } from '@tieout/canonical';
import type { NetSuiteClient } from './client.ts';
import type { OrderReferences } from './order-write.map.ts';

/** Reads NetSuite's ids of what a command names. */
export type ReferenceReader = (command: ErpCommand, signal: AbortSignal) => Promise<OrderReferences>;

const MAX_AGE_MS = 60_000;

/**
 * Keeps what hardly ever changes, so that a thousand orders do not ask a thousand times for the same subsidiaries. What is not
 * there is asked for again every time: somebody may just have created it.
 * @param defaultItem code of the item of lines that name none
 */
export function createReferences(client: NetSuiteClient, defaultItem: string, now = Date.now): ReferenceReader {
  const empty: ReadonlyMap<string, string> = new Map();
  let [subsidiaries, currencies, items, readAt] = [empty, empty, empty, -Infinity];
  return async ({ legalEntity, currency, lines }, signal) => {
    if (now() - readAt > MAX_AGE_MS) [subsidiaries, currencies, items, readAt] = [empty, empty, empty, now()];
    const codes = [...new Set([defaultItem, ...lines.map(({ itemCode }) => itemCode ?? defaultItem)])];
    const strange = codes.filter((code) => !items.has(code));
    const [entities, money, things] = await Promise.all([
      subsidiaries.has(legalEntity) ? null : client.subsidiaries(signal),
      currencies.has(currency) ? null : client.currencyIds(signal),
      strange.length === 0 ? null : client.itemIds(strange, signal),
    ]);
    if (entities) subsidiaries = new Map(entities.map(({ name, id }) => [name, id]));
    if (money) currencies = money;
    if (things) items = new Map([...items, ...things]);
    return { subsidiaries, currencies, items, defaultItem: items.get(defaultItem) ?? null };
  };
}
