import type { Mapped } from '@tieout/connector-erp';
import { describe, expect, it } from 'vitest';
import { recordReader } from './record-reader.client.ts';
import type { StreamCursor } from './stream-cursor.ts';
import type { Position } from './vendor-types.ts';

const { signal } = new AbortController();
const depth = { timeZone: 'UTC', overlapSeconds: 3, sweepSeconds: 600 };
const clock = new Date('2026-03-01T10:00:00Z');
const fate = (ok: boolean): Mapped<never> =>
  ok
    ? { kind: 'mapped', value: {} as never }
    : { kind: 'refused', problem: { code: 'does-not-add-up', field: 'lines', message: 'torn' } };

/** Rows that do not fit together say so; by id each does. */
function reader(rows: readonly { id: string; fits: boolean }[], next: Position | null) {
  const asked: string[] = [];
  const client = {
    deletedSince: async (type: string) => (
      asked.push(`deleted ${type}`),
      [{ recordid: '9', recordtypeid: type, deleted: '' }]
    ),
  };
  const made = recordReader(client, depth, {
    ...{ stream: 'invoice', topic: 'finance.invoice.v1', objectType: 'invoice', deletedType: 'invoice' },
    changed: async (after: Position) => (asked.push(`after ${after.at} ${after.id}`), { rows, next, clock }),
    byIds: async (ids: readonly string[]) => (asked.push(`ids ${ids.join()}`), ids.map((id) => ({ id, fits: true }))),
    toRecord: ({ id, fits }: { id: string; fits: boolean }) => ({ vendorId: id, mapped: fate(fits) }),
    keyOf: (id: string) => id,
    asDeleted: (value: never) => value,
  });
  return { asked, made };
}

describe('a stream of records', () => {
  it('reads those again, once, whose parts did not fit together', async () => {
    const { asked, made } = reader(
      [
        { id: '1', fits: true },
        { id: '2', fits: false },
      ],
      null,
    );
    const page = await made.read(null, signal);
    expect(page.records.map(({ vendorId, mapped }) => [vendorId, mapped.kind])).toEqual([
      ['1', 'mapped'],
      ['2', 'mapped'],
    ]);
    expect(asked).toEqual(['after 1970-01-02 00:00:00 0', 'ids 2', 'deleted invoice']);
    expect(page).toMatchObject({ deleted: ['9'], more: false, worthStoring: true });
  });

  it('goes on from its own cursor, and asks for deletions at the end of a reading alone', async () => {
    const next = { at: '2026-03-01 09:00:00', id: '7' };
    const first = await reader([{ id: '7', fits: true }], next).made.read(null, signal);
    expect(first).toMatchObject({ deleted: [], more: true });
    const { asked, made } = reader([], null);
    const end = await made.read(first.next, signal);
    expect(asked).toEqual(['after 2026-03-01 09:00:00 7', 'deleted invoice']);
    const cursor: StreamCursor = { since: clock.toISOString(), reading: null, sweptAt: clock.toISOString() };
    expect(end.next).toEqual(cursor);
    expect((await reader([], null).made.read(cursor, signal)).worthStoring).toBe(false);
  });
});
