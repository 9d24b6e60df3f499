import type { StateTopicName } from '@tieout/canonical';
import type { DimensionReader, StateOf } from '@tieout/connector-erp';
import { inTransaction, type StreamSpec } from '@tieout/messaging';
import { examination } from '../cases/case.ts';
import { MAPPING_KINDS } from '../cases/kinds.ts';
import { examinedRecord } from '../cases/record-case.ts';
import type { StreamContext } from './document-stream.worker.ts';
import { keepPublished, publishedOf } from './published-record.store.ts';

/** What is few and has no reliable stamp: every poll reads it all, and what is no longer there was deleted. */
export function dimensionStream<T extends StateTopicName>(
  context: StreamContext,
  reader: DimensionReader<T>,
): StreamSpec<{ readonly readAt: string }> {
  const { instance, outbox, exceptions } = context;
  const { stream, topic } = reader;
  return {
    ...{ instance, stream, intervalMs: context.intervalMs },
    async poll(turn) {
      const read = await reader.read(turn.signal);
      await inTransaction(context.dataSource, async (tx) => {
        await turn.advance(tx, { readAt: new Date().toISOString() });
        const present = read.flatMap(({ vendorId, mapped }) =>
          mapped.kind === 'mapped' ? [{ vendorId, value: mapped.value }] : [],
        );
        const there = new Set(read.map(({ vendorId }) => vendorId));
        const gone = (await publishedOf<StateOf<T>>(tx, topic, instance, null))
          .filter(({ vendorId }) => !there.has(vendorId))
          .map(({ vendorId, value }) => ({ vendorId, value: reader.asDeleted(value) }));
        const states = [...present, ...gone].map((one) => ({ ...one, instance, key: reader.keyOf(one.vendorId) }));
        const outcomes = await outbox.publishState(
          tx,
          topic,
          states.map(({ key, value }) => ({ key, value })),
        );
        await keepPublished(tx, topic, states);
        const examined = read.map(({ vendorId, mapped }) => examinedRecord(instance, reader, vendorId, mapped));
        const resolution = `The ${reader.objectType} can be read again.`;
        await exceptions.examined(tx, examination(examined, { kinds: MAPPING_KINDS, resolution }));
        context.onRows(stream, 'published', outcomes.filter((outcome) => outcome === 'published').length);
      });
    },
  };
}
