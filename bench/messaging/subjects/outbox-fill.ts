import { openOutboxWriter, type OutboxSettings } from '../outbox-writer.ts';
import { config, say } from '../../parent.ts';

/** Leaves a backlog in an outbox. */
const { events, ...settings } = config<OutboxSettings & { readonly events: number }>();
const writer = await openOutboxWriter(settings);
say('ready');
const BATCH = 1_000;
for (let first = 0; first < events; first += BATCH) await writer.write(first, Math.min(BATCH, events - first));
await writer.close();
say('result');
