import { positionOf, type RecordStamp } from '@tieout/connector-salesforce';
import { inTransaction, type Poll } from '@tieout/messaging';
import type { ChangeStreamOptions } from './change-options.ts';
import { withPage, type ChangeCursor, type SweepPage } from './cursor.ts';
import { isUnread, type Listed } from './known-version.ts';

const PAGE = 2_000;

/** Lists a page of changed records, reads those that were not read since, and moves the cursor. Answers the cursor after it. */
export async function readSweepPage(
  options: ChangeStreamOptions,
  { signal, advance }: Pick<Poll<ChangeCursor>, 'signal' | 'advance'>,
  cursor: ChangeCursor,
  sweep: SweepPage,
  windowMs: number,
): Promise<ChangeCursor> {
  const { entity, after, reason } = sweep;
  const { records, askedAt } = await options.client.changed(entity, after, PAGE, signal);
  const complete = records.length < PAGE;
  const last = records.at(-1);
  const next = withPage(cursor, sweep, { last: last === undefined ? null : positionOf(last), askedAt, complete });
  // A listing reads again what was visible an overlap before its beginning, so ages count from there.
  const began = new Date(next.sweeps[entity]?.listing?.began ?? next.sweeps[entity]?.since ?? askedAt);
  const kind = options.kinds.find((one) => one.entity === (entity === 'Contract_Line__c' ? 'Contract' : entity))!;
  const { manager } = options.dataSource;
  const listed = records.map(toListed);
  const known = await kind.known(manager, [...new Set(listed.map(({ id }) => id))]);
  const unread = listed.filter((one) => isUnread(one, known.get(one.id), began, windowMs)).map(({ id }) => id);
  const refused = complete && entity === kind.entity ? await kind.refused(manager) : [];
  const ids = [...new Set([...unread, ...refused])];
  const store = ids.length > 0 ? await kind.read(ids, signal) : null;
  await inTransaction(options.dataSource, async (tx) => {
    await advance(tx, next);
    await store?.(tx);
  });
  if (complete) options.onSwept(entity, reason);
  return next;
}

/** A line stands for its contract. */
function toListed(record: RecordStamp): Listed {
  return {
    id: record.Contract__c ?? record.Id,
    stamp: positionOf(record).stamp,
    own: record.Contract__c === undefined,
  };
}
