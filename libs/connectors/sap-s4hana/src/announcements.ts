import type { ChangeNotice } from './cloud-event.ts';

/** Records that are to be read again because SAP says that something changed. */
export interface Reread {
  readonly stream: string;
  readonly vendorIds: readonly string[];
}

/**
 * Object in `sap.s4.beh.<object>.v1.<Object>.<What>.v1` -> the property of its key, and the streams that hold it. A billing document
 * is one stream's record and not the other's; reading finds out whose. Of accounting there are no events that name customers'
 * items: the poll finds those.
 */
const OBJECTS: Readonly<Record<string, { readonly key: string; readonly streams: readonly string[] }>> = {
  businesspartner: { key: 'BusinessPartner', streams: ['customer-account'] },
  salesorder: { key: 'SalesOrder', streams: ['order'] },
  billingdocument: { key: 'BillingDocument', streams: ['invoice', 'credit-memo'] },
};

/** What is to be read again after a notice; nothing when it is about something that is not read. */
export function rereadsOf({ type, key }: Pick<ChangeNotice, 'type' | 'key'>): readonly Reread[] {
  const object = OBJECTS[/^sap\.s4\.beh\.([a-z]+)\.v\d+\./.exec(type)?.[1] ?? ''];
  const id = object === undefined ? undefined : key[object.key];
  return object === undefined || id === undefined || id === ''
    ? []
    : object.streams.map((stream) => ({ stream, vendorIds: [id] }));
}

/** One for each stream, each id once: a burst of events about one object is one reading. */
export function collapsed(rereads: readonly Reread[]): readonly Reread[] {
  return [...Map.groupBy(rereads, ({ stream }) => stream)].map(([stream, of]) => ({
    stream,
    vendorIds: [...new Set(of.flatMap(({ vendorIds }) => vendorIds))],
  }));
}
