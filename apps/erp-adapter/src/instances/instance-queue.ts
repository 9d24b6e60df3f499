import { derivedId } from '@tieout/canonical';
import type { Enqueue } from '@tieout/messaging';

/** Kind of an instance's work: `put-order/main`. Each instance has a queue of its own, so that a slow ERP holds up no other. */
export const kindAt = (instance: string, kind: string): string => `${kind}/${instance}`;
/** The kind without its instance. */
export const kindOf = (kind: string): string => kind.split('/')[0] ?? kind;
/** The key without its instance. */
export const keyOf = (instance: string, key: string): string =>
  key.startsWith(`${instance}/`) ? key.slice(instance.length + 1) : key;

/** The work of one instance: the same customer in two ERPs is two pieces of work, which do not wait for each other. */
export function instanceQueue(instance: string, queue: Enqueue): Enqueue {
  return {
    enqueue: (tx, items) =>
      queue.enqueue(
        tx,
        items.map(({ id, kind, key, ...item }) => ({
          ...item,
          id: derivedId('instance', instance, id),
          kind: kindAt(instance, kind),
          key: `${instance}/${key}`,
        })),
      ),
  };
}
