import { randomUUID } from 'node:crypto';
import type { Announcement } from '../odata/model.ts';

/** What goes wrong on the way from the system to its queue. */
export interface QueueSettings {
  /** How long after its change a message can be taken. */
  readonly delayMs: number;
  /** The message goes out so long before its change is committed; whoever reads back at once finds the old state. */
  readonly earlyMs: number;
  /** So many copies of each further message. */
  readonly copies: number;
  /** Further messages overtake those that wait. */
  readonly reorder: boolean;
  /** So many of the next changes are told to nobody. */
  readonly lose: number;
  /** After this time without an acknowledgement a message is handed out again. */
  readonly redeliveryMs: number;
}

export interface Delivery {
  readonly messageId: string;
  /** CloudEvents 1.0, structured. */
  readonly body: string;
}

export interface Queue {
  readonly settings: QueueSettings;
  change(settings: Partial<QueueSettings>): void;
  /** Puts events in as of an instant of the system's clock. */
  publish(events: readonly Announcement[], time: Date): void;
  /** Any text, as a foreign publisher might send. */
  inject(body: string): void;
  /** The next message; null when none waits. With `keep` it stays until it is acknowledged. */
  take(keep: boolean): Delivery | null;
  /** @returns false when nobody waits for it */
  acknowledge(messageId: string): boolean;
  /** Messages that are there, handed out or not. */
  depth(): number;
}

interface Message {
  readonly body: string;
  readonly availableAt: number;
  /** Of the last delivery. */
  messageId: string;
  busyUntil: number;
}

const source = '/default/sap.s4.beh/S4H100';

/** One queue, in memory: messages do not survive a restart. `clock`: milliseconds. */
export function createQueue(clock: () => number): Queue {
  let settings: QueueSettings = { delayMs: 0, earlyMs: 0, copies: 0, reorder: false, lose: 0, redeliveryMs: 30_000 };
  let messages: Message[] = [];
  const add = (body: string): void => {
    const message = { body, availableAt: clock() + settings.delayMs, messageId: '', busyUntil: 0 };
    if (settings.reorder) messages.unshift(message);
    else messages.push(message);
  };
  return {
    get settings() {
      return settings;
    },
    change: (changes) => void (settings = { ...settings, ...changes }),
    publish(events, time) {
      for (const event of events) {
        if (settings.lose > 0) {
          settings = { ...settings, lose: settings.lose - 1 };
          continue;
        }
        const body = cloudEvent(event, time);
        for (let copy = 0; copy <= settings.copies; copy += 1) add(body);
      }
    },
    inject: add,
    take(keep) {
      const now = clock();
      const next = messages.find(({ availableAt, busyUntil }) => availableAt <= now && busyUntil <= now);
      if (!next) return null;
      next.messageId = randomUUID();
      next.busyUntil = now + settings.redeliveryMs;
      if (!keep) messages = messages.filter((message) => message !== next);
      return { messageId: next.messageId, body: next.body };
    },
    acknowledge(messageId) {
      const before = messages.length;
      messages = messages.filter((message) => message.messageId !== messageId);
      return messages.length < before;
    },
    depth: () => messages.length,
  };
}

function cloudEvent({ type, key }: Announcement, time: Date): string {
  const attributes = { type, specversion: '1.0', source, id: randomUUID(), time: time.toISOString() };
  return JSON.stringify({ ...attributes, datacontenttype: 'application/json', data: key });
}
