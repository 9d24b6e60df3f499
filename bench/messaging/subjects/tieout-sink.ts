import { applied, superseded, type ConsumerSpec } from '@tieout/messaging';
import { CREATE_TABLE, TOPIC } from '../record.ts';
import { columnsOf, UPSERT } from '../sink.ts';
import { config, heard, say } from '../../parent.ts';
import { openService, type ServiceConfig } from './tieout-service.ts';

/** This library as a sink: consume once with a version-guarded upsert. One partition can be made slow until it is healed. */
const { slow = null, ...settings } = config<
  ServiceConfig & { slow?: { readonly partition: number; readonly msPerRecord: number } | null }
>();
const service = await openService(settings);
await service.dataSource.query(CREATE_TABLE.replace('TABLE', 'TABLE IF NOT EXISTS'));
let healed = slow === null;
void heard('heal').then(() => (healed = true));

const sink: ConsumerSpec<typeof TOPIC> = {
  topic: TOPIC,
  async handle(deliveries, tx) {
    if (!healed && deliveries[0]?.partition === slow?.partition)
      await tx.query('SELECT pg_sleep($1)', [(deliveries.length * (slow?.msPerRecord ?? 0)) / 1_000]);
    const values = deliveries.flatMap(({ value }) => value ?? []);
    const rows = await tx.query<{ id: string }[]>(`${UPSERT} RETURNING customeraccountid AS id`, columnsOf(values));
    const written = new Set(rows.map(({ id }) => id));
    return deliveries.map(({ key }) => (written.has(key) ? applied : superseded));
  },
};
await service.runtime.startConsumers([sink]);
say('ready');
void heard('joined?').then(async () => {
  while (service.runtime.status().consumers.some(({ state }) => state !== 'running'))
    await new Promise((resolve) => setTimeout(resolve, 50));
  say('joined');
});
