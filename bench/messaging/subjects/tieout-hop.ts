import { derivedId, type CustomerAccount, type LegalEntity } from '@tieout/canonical';
import { applied, superseded, type ConsumerSpec, type NewEvent } from '@tieout/messaging';
import { CREATE_TABLE, TOPIC } from '../record.ts';
import { columnsOf, UPSERT } from '../sink.ts';
import { config, say } from '../../parent.ts';
import { openService, type ServiceConfig } from './tieout-service.ts';

/** One hop: consume once, write the effect, publish an event for each input; consumer and relay share the process. */
const OUTPUT = 'finance.legal-entity.v1';
const service = await openService(config<ServiceConfig>());
await service.dataSource.query(CREATE_TABLE);

const hop: ConsumerSpec<typeof TOPIC> = {
  topic: TOPIC,
  async handle(deliveries, tx) {
    const values = deliveries.flatMap(({ value }) => value ?? []);
    const rows = await tx.query<{ id: string }[]>(`${UPSERT} RETURNING customeraccountid AS id`, columnsOf(values));
    const written = new Set(rows.map(({ id }) => id));
    const fresh = deliveries.filter(({ key }) => written.has(key));
    await service.outbox.publish(
      tx,
      fresh.map(({ key, value, meta }): NewEvent<typeof OUTPUT> => {
        const id = derivedId('bench-hop', meta.id, 0);
        return { topic: OUTPUT, key, id, value: entityOf(value as CustomerAccount), cause: meta };
      }),
    );
    return deliveries.map(({ key }) => (written.has(key) ? applied : superseded));
  },
};
await service.runtime.startRelay();
await service.runtime.startConsumers([hop]);
say('ready');

/** About as large as what came in. */
function entityOf(account: CustomerAccount): LegalEntity {
  return {
    legalEntityId: account.customerAccountId,
    revision: account.revision,
    lifecycle: 'ACTIVE',
    code: account.number,
    name: `${account.name}, ${account.taxId ?? ''}, ${account.customerId ?? ''}, ${account.legalEntityId ?? ''}`,
    currency: 'CHF',
    country: 'CH',
    parentId: account.legalEntityId,
    instance: account.instance,
    source: account.source,
  };
}
