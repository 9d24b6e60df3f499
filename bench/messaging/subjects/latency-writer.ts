import { setTimeout as delay } from 'node:timers/promises';
import { openOutboxWriter, type OutboxSettings } from '../outbox-writer.ts';
import { now } from '../../clock.ts';
import { config, heard, say } from '../../parent.ts';

/** Commits events at an even rate, and notes when each transaction's commit was answered. */
const settings = config<OutboxSettings & { perSecond: number; seconds: number }>();
const TRANSACTIONS_PER_SECOND = 200;
const writer = await openOutboxWriter(settings);
say('ready');
await heard('start');

const size = settings.perSecond / TRANSACTIONS_PER_SECOND;
const total = TRANSACTIONS_PER_SECOND * settings.seconds;
const committed = new Map<number, number>();
const pending = new Set<Promise<void>>();
const begun = now();
for (let sent = 0; sent < total;) {
  const due = Math.min(total, Math.floor(((now() - begun) / 1_000) * TRANSACTIONS_PER_SECOND) + 1);
  for (; sent < due; sent++) commit(sent * size);
  await delay(1);
}
await Promise.all(pending);
await writer.close();
say('result', committed);

function commit(first: number): void {
  const transaction = writer.write(first, size).then(() => {
    const at = now();
    for (let n = first; n < first + size; n++) committed.set(n, at);
    pending.delete(transaction);
  });
  pending.add(transaction);
}
