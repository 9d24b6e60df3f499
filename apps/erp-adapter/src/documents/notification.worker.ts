import type { Notifications } from '@tieout/connector-erp';
import { inTransaction, type StreamSpec } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { markDirtyRecords } from './dirty-record.store.ts';

export interface Announced {
  readonly instance: string;
  readonly dataSource: DataSource;
  readonly notifications: Notifications;
  readonly intervalMs: number;
  /** Names of the streams that read by ids: what is announced of others waits for their poll. */
  readonly readById: ReadonlySet<string>;
  readonly onMarked: (stream: string) => void;
}

/** Records that the ERP announces are read again by their own stream. An announcement is let go once its mark is stored. */
export function notificationStream({
  instance,
  dataSource,
  notifications,
  intervalMs,
  readById,
  onMarked,
}: Announced): StreamSpec<null> {
  return {
    ...{ instance, stream: 'notification', intervalMs },
    async poll({ signal }) {
      const received = await notifications.receive(signal);
      const known = received.filter(({ stream, vendorIds }) => readById.has(stream) && vendorIds.length > 0);
      if (known.length > 0)
        await inTransaction(dataSource, async (tx) => {
          for (const [stream, of] of [...Map.groupBy(known, (one) => one.stream)].sort())
            await markDirtyRecords(
              tx,
              instance,
              stream,
              of.flatMap(({ vendorIds }) => vendorIds),
            );
        });
      for (const notification of received) await notification.acknowledge(signal);
      new Set(known.map(({ stream }) => stream)).forEach(onMarked);
      return received.length > 0 ? 'more' : 'end';
    },
  };
}
